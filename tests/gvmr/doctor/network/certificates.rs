//! Certificates that Go and the TLS library of gvmr do not see alike.

use super::lab::GATEWAY;
use super::{Case, NONE};

const AT: &str = "10.9.0.2:443";

pub(super) const CERTIFICATES: &[Case] = &[
    Case {
        name: "a key on the curve P-521",
        breaks: |lab| {
            lab.serves_by_openssl(
                AT,
                &[
                    "req -newkey ec -pkeyopt ec_paramgen_curve:P-521 -nodes -keyout leaf.key -out leaf.csr -subj /CN=x",
                    "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out leaf.pem",
                ],
            );
            lab.world.set("GOPROXY", &format!("https://{GATEWAY}"));
        },
        ..NONE
    },
    Case {
        name: "an authority with a key on the curve P-521",
        breaks: |lab| {
            let directory = lab.serves_by_openssl(
                AT,
                &[
                    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-521 -nodes -keyout big.key -out big.pem -days 2 -subj /CN=Big",
                    "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key -out leaf.csr -subj /CN=x",
                    "x509 -req -in leaf.csr -CA big.pem -CAkey big.key -CAcreateserial -days 2 -extfile names -out leaf.pem",
                ],
            );
            lab.world.set("GOPROXY", &format!("https://{GATEWAY}"));
            lab.world.set("SSL_CERT_FILE", directory.join("big.pem").to_str().unwrap());
        },
        ..NONE
    },
    Case {
        name: "a key on the curve P-521, for another name",
        breaks: |lab| {
            lab.serves_by_openssl(
                AT,
                &[
                    "req -newkey ec -pkeyopt ec_paramgen_curve:P-521 -nodes -keyout leaf.key -out leaf.csr -subj /CN=x",
                    "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out leaf.pem",
                ],
            );
            lab.world.set("GOPROXY", "https://other.test");
            lab.says("other.test", super::lab::Said::Address(GATEWAY));
        },
        found: &["tls.wrong-name GOPROXY"],
        says: &["goproxy.test"],
    },
    Case {
        name: "a certificate of the first version of X.509",
        breaks: |lab| {
            lab.serves_by_openssl(
                AT,
                &[
                    "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key -out leaf.csr -subj /CN=goproxy.test",
                    "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out leaf.pem",
                ],
            );
            lab.world.set("GOPROXY", &format!("https://{GATEWAY}"));
        },
        found: &["tls.wrong-name GOPROXY"],
        says: &["X.509 version 1"],
    },
    Case {
        name: "an authority whose own certificate has expired",
        breaks: |lab| {
            let settings = "[ca]\ndefault_ca=it\n[it]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\n\
                            policy=any\nx509_extensions=root\n[any]\ncommonName=optional\n[root]\n\
                            basicConstraints=critical,CA:TRUE\n";
            lab.world.project("openssl", &[("settings", settings), ("index", ""), ("serial", "01\n")]);
            let directory = lab.serves_by_openssl(
                AT,
                &[
                    "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout old.key -out old.csr -subj /CN=Old",
                    "ca -selfsign -batch -notext -config settings -keyfile old.key -in old.csr -out old.pem -startdate \
                     20200101000000Z -enddate 20200301000000Z",
                    "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key -out leaf.csr -subj /CN=x",
                    "x509 -req -in leaf.csr -CA old.pem -CAkey old.key -CAcreateserial -days 2 -extfile names -out leaf.pem",
                ],
            );
            lab.world.set("GOPROXY", &format!("https://{GATEWAY}"));
            lab.world.set("SSL_CERT_FILE", directory.join("old.pem").to_str().unwrap());
        },
        found: &["tls.foreign-issuer GOPROXY"],
        says: &["Old", "expired 2020-03-01"],
    },
];
