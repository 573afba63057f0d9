#!/bin/sh
# Installs gvmr, a Go version manager, on Linux:
#   curl -fsSL https://github.com/gvmr/gvmr/releases/latest/download/install.sh | sh -s -- --help
# Downloads and checks one archive, then renames its files into place. Edits no start-up file without --setup.
releases=https://github.com/gvmr/gvmr/releases
# The key that signs releases (minisign); a release fills it in.
public_key=''
usage="usage: install.sh [--version VERSION] [--to DIR] [--setup]
  --version VERSION  install this version; default: the newest
  --to DIR           where the programs go; default: ~/.local/bin, as root /usr/local/bin
  --setup            then run \`gvmr setup --yes\`, which sets up every session
GVMR_DIST, a URL or a directory that holds a release, replaces $releases."
say() { printf '%s\n' "$@"; }
fail() { say "install.sh: $*" "nothing was installed" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
# What others wrote, without control characters and credentials.
printable() { tr -cd '\12\40-\176' | sed 's|//[^ ]*@|//|g' | tail -n 3; }
# The older of two versions. "-~" sorts a release after its pre-releases.
older() { say "$@" | sed 's/^[0-9.]*$/&-~/' | sort -t . -k 1,1n -k 2,2n -k 3,3n | sed 's/-~$//;q'; }
sha256() { $sum <"$1" | cut -c 1-64; }
check_machine() {
    if has sha256sum; then sum=sha256sum; elif has shasum; then sum='shasum -a 256'
    elif has openssl; then sum='openssl dgst -sha256 -r'; else sum='busybox sha256sum'; fi
    for tool in "${sum%% *}" tar gzip; do has "$tool" || fail "$tool is missing; run: apt-get install $tool"; done
    case $base in /*) ;; *) has curl || has wget || fail "curl and wget are missing; run: apt-get install curl" ;; esac
    case $(uname -m) in amd64) arch=x86_64 ;; arm64) arch=aarch64 ;; *) arch=$(uname -m) ;; esac
    [ "$(head -c 5 /bin/sh)" != "$(printf '\177ELF\1')" ] || arch="$arch with 32-bit programs"
    case "$(uname -s) $arch" in "Linux x86_64" | "Linux aarch64" | "Linux riscv64") return ;; esac
    fail "there is no binary for $(uname -s) on $arch; build gvmr from source: ${releases%/*}#from-source"
}
# Makes the directory for the programs, and in it one for what is not checked yet.
make_directories() {
    { mkdir -p "$bin" && bin=$(cd "$bin" && pwd); } || fail "cannot make $bin; pass --to DIR, or use sudo"
    for file in "$bin/gvmr" "$bin/gvmr-shim"; do
        [ ! -d "$file" ] || fail "$file is a directory; move it, or pass --to DIR"
        owned=$(cd "$bin" && pwd -P)/${file##*/}
        [ ! -L "$owned" ] || fail "$file is a link to $(readlink "$owned"); update that gvmr, or pass --to DIR"
        if [ ! -e "$owned" ]; then continue; elif dpkg -S "$owned"; then owner='apt-get install --only-upgrade gvmr'
        elif [ -n "$(find /var/lib/rpm /usr/lib/sysimage/rpm -name '[Pr]*' -size +0 2>&1 | sed 1q)" ] && rpm -qf "$owned"; then
            owner='dnf upgrade gvmr'
        elif ls -d "${bin%/bin}"/lib*/python3*/*-packages/gvmr-[0-9]*.dist-info; then owner='pip install --upgrade gvmr'
        elif apk info -W "$owned"; then owner='apk upgrade gvmr'; else continue; fi >/dev/null 2>&1
        fail "$file belongs to a package; update it with \`$owner\`, or pass --to DIR"
    done
    find "$bin" -maxdepth 1 -name '.gvmr-install.*' -mtime +0 -exec rm -rf {} + || : # what a kill left
    work=$(mktemp -d "$bin/.gvmr-install.XXXXXX") || fail "cannot write to $bin; pass --to DIR, or use sudo"
}
# Copies file $1 of the release to $2, at most $3 bytes. With curl, a redirect may not leave TLS; wget cannot forbid it.
copy() (
    exec 2>"$work/log"
    ulimit -f $(($3 / 512 + 128)) || : # for servers that announce no size; the log counts too
    case $base in /*) cp "$base/$1" "$2"; exit ;; https:*) protocols='=https' ;; *) protocols='=https,http' ;; esac
    if has curl; then
        if [ -t 1 ] && [ "$1" = "$archive" ]; then progress=-# && exec 2>&1; else progress=-sS; fi
        curl -fL "$progress" --proto "$protocols" --connect-timeout 20 -y 60 --max-filesize "$3" -o "$2" "$base/$1"
    else # busybox has no --version, may fail with options, and may not check certificates
        gnu=$(wget --version) || gnu=''
        wget ${gnu:+-nv --tries=2 --timeout=30} -O "$2" "$base/$1" && ! grep 'certificate validation not' "$work/log"
    fi
)
fetch() { copy "$@" || fail "cannot get $shown/$1; check the address, the network and the space in $bin: $(printable <"$work/log")"; }
# Reads which version the release is, and checks who signed it.
read_manifest() {
    manifest=dist-$wanted.json checked='sha256 and signature' json=$work/dist.json number='[0-9]\{1,6\}'
    if [ -z "$wanted" ] || ! copy "$manifest" "$json" 1048576
    then manifest=dist.json && fetch dist.json "$json" 1048576; fi
    grep -qx '  "name": "gvmr",' "$json" || fail "$shown/$manifest is not gvmr's; does this network ask you to sign in?"
    version=$(sed -n "s/^  \"version\": \"\($number\.$number\.${number}[-0-9A-Za-z.]\{0,40\}\)\",$/\1/p" "$json" | sed q)
    [ -n "$version" ] || fail "$shown/$manifest has no valid version"
    [ "${wanted:-$version}" = "$version" ] || fail "$shown has gvmr $version, not $wanted"
    top=gvmr-$version-linux-$arch archive=gvmr-$version-linux-$arch.tar.gz
    has minisign || checked='sha256 (no signature: minisign is not installed)'
    [ -n "$public_key" ] || checked='sha256 (no signature: this install.sh has no public key)'
    [ "$checked" = 'sha256 and signature' ] || return 0
    fetch "$manifest.minisig" "$json.minisig" 4096
    [ "$(minisign -VQ -P "$public_key" -m "$json" 2>&1)" = "gvmr $version" ] || fail "$shown/$manifest has a wrong signature"
}
# The size and sha256 of file $1 of the release.
entry() { sed -n "s|^ *{\"name\": \"$1\",.*\"size\": \([0-9]\{1,9\}\), \"sha256\": \"\([0-9a-f]*\)\"},*$|\1 \2|p" "$json"; }
has_program() { found=$(entry "$archive/bin/$1") && [ -x "$bin/$1" ] && [ "$(sha256 "$bin/$1")" = "${found#* }" ]; }
# Downloads, checks and unpacks the archive, and lets the new gvmr say its version.
unpack() {
    found=$(entry "$archive")
    [ -n "$found" ] || fail "gvmr $version has no binary for linux-$arch"
    say "downloading $shown/$archive" && cd "$work"
    fetch "$archive" "$work/$archive" "${found% *}"
    [ "$(sha256 "$archive")" = "${found#* }" ] || fail "$shown/$archive is cut or changed: wrong sha256"
    { tar -tzf "$archive" >names && tar -tvzf "$archive" >list; } || fail "cannot read $archive"
    if grep -v "^$top/" names || grep -E '(^|/)\.\.(/|$)' names || grep -E '^[^d-]| (->|link to) ' list
    then fail "$archive has entries that no release has"; fi >/dev/null
    files=$(grep -E "^$top/(bin/gvmr|bin/gvmr-shim|share/(man|bash-completion|zsh|fish)/[a-z0-9_./-]*[a-z0-9])$" names)
    # shellcheck disable=SC2015,SC2086 # many names, without spaces
    tar -xozf "$archive" $files 2>/dev/null && chmod 0755 $top/bin/gvmr $top/bin/gvmr-shim || fail "cannot unpack $archive; is the disk full?"
    said=$("$top/bin/gvmr" --version 2>&1) || :
    [ "$said" = "gvmr $version" ] || fail "the new gvmr does not run in $bin; pass --to DIR: $(say "$said" | printable)"
}
# Renames each file into its place; pages and completions go into the share beside bin.
put_in_place() {
    mv -f "$top/bin/gvmr" "$bin/gvmr"
    mv -f "$top/bin/gvmr-shim" "$bin/gvmr-shim"
    for file in $files; do
        case $bin,$file in ?*/bin,"$top"/share/*) to=${bin%/bin}${file#"$top"} ;; *) continue ;; esac
        { [ ! -d "$to" ] && mkdir -p "${to%/*}" && chmod 0644 "$file" && mv -f "$file" "$to"; } || say "cannot write $to" >&2
    done
}
end_by() { rm -rf "$work"; trap - "$1" EXIT; kill -s "$1" $$; }
main() {
    set -eu && umask 022 && export LC_ALL=C && unset CDPATH TAR_OPTIONS GZIP
    wanted='' bin='' setup='' work='' archive=''
    while [ $# -gt 0 ]; do
        case $1,${2:-} in
            --help,*) say "$usage" && exit ;;
            --setup,*) setup=yes ;;
            --version,[v0-9]*) wanted=${2#v} && shift ;;
            --to,?*) bin=$2 && shift ;;
            --version,* | --to,*) say "install.sh: $1 needs a value" "$usage" >&2 && exit 2 ;;
            *) say "install.sh: what is $1?" "$usage" >&2 && exit 2 ;;
        esac && shift
    done
    base=${GVMR_DIST:-$releases/${wanted:+download/v$wanted}} && base=${base%/} && shown=$(say "$base" | printable)
    case $base in
        "$releases") base=$releases/latest/download shown=$base ;;
        file:///* | file://localhost/*) base=/${base#file://*/} ;;
        /* | http://* | https://*) ;; *) fail "GVMR_DIST is neither a URL (https, http, file) nor an absolute path" ;;
    esac
    [ -n "$bin" ] || if [ "$(id -u)" = 0 ]; then bin=/usr/local/bin; else bin=${HOME:+$HOME/.local/bin}; fi
    case $bin in '') fail "HOME is not set; pass --to DIR" ;; /*) ;; *) bin=$PWD/$bin ;; esac
    trap 'rm -rf "$work"' EXIT && trap 'end_by HUP' HUP && trap 'end_by INT' INT && trap 'end_by TERM' TERM
    check_machine; make_directories; read_manifest
    old=$("$bin/gvmr" --version 2>/dev/null | sed -n 's/^gvmr \([0-9][-0-9A-Za-z.]*\)$/\1/p')
    if has_program gvmr && has_program gvmr-shim; then say "gvmr $version is already installed in $bin"
    else
        [ -n "$wanted" ] || [ -z "$old" ] || [ "$(older "$old" "$version")" = "$old" ] ||
            fail "$bin has the newer gvmr $old; to go back, pass --version $version"
        unpack; put_in_place
        "$bin/gvmr" self refresh >/dev/null 2>&1 || : # the homes that it serves; their owners' next command does it too
        say "installed gvmr $version in $bin" "checked: $checked"
    fi
    [ -z "$setup" ] || "$bin/gvmr" setup --yes
    case :$PATH: in *:"$bin":*) ;; *) say "put it on PATH: export PATH=\"$bin:\$PATH\"" ;; esac
    first=$(command -v gvmr) || first=$bin/gvmr
    [ "$first" = "$bin/gvmr" ] || [ "$(readlink -f "$first")" = "$(readlink -f "$bin/gvmr")" ] || say "another gvmr comes first on PATH: $first"
    say "install Go: gvmr install latest" "set up every session: gvmr setup" "update gvmr: gvmr self update"
    [ -z "${GVMR_DIST:-}" ] || say "to update from there, keep GVMR_DIST, or write into config.toml: dist = \"$shown\""
}
{ main "$@" </dev/null; }
