//! A network's address range: `10.0.2.0/24`, `fd00::/8`.

use std::net::IpAddr;

/// An address and how many of its leading bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// The address; bits behind the length are zero.
    pub address: IpAddr,
    /// 0 to 32, or to 128.
    pub length: u8,
}

impl Subnet {
    /// `10.0.2.0/24`, `fd00::/8`; bits behind the length are cleared. A bare address is a whole one.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) if length.bytes().all(|byte| byte.is_ascii_digit()) => {
                (address.parse().ok()?, Some(length.parse().ok()?))
            }
            Some(_) => return None,
            None => (text.parse().ok()?, None),
        };
        let most = if matches!(address, IpAddr::V4(_)) { 32 } else { 128 };
        let length = length.unwrap_or(most);
        (length <= most).then(|| Self { address: masked(address, length), length })
    }

    /// Whether `address` is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.address.is_ipv4() && masked(address, self.length) == self.address
    }
}

fn masked(address: IpAddr, length: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            IpAddr::V4((u32::from(address) & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            IpAddr::V6((u128::from(address) & mask).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subnet_holds_what_shares_its_leading_bits() {
        let holds =
            |subnet: &str, address: &str| Subnet::parse(subnet).unwrap().contains(address.parse().unwrap());
        assert!(holds("10.0.2.0/24", "10.0.2.15") && !holds("10.0.2.0/24", "10.0.3.15"));
        assert!(holds("10.0.2.9/24", "10.0.2.15"));
        assert!(holds("0.0.0.0/0", "8.8.8.8") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("192.168.1.7", "192.168.1.7") && !holds("192.168.1.7", "192.168.1.8"));
        assert!(holds("fd00::/8", "fdab::1") && holds("::/0", "fe80::1") && !holds("fd00::/8", "fe80::1"));
        for wrong in ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0/8", "x", "", "::/129", "10.0.0.0/"]
        {
            assert_eq!(Subnet::parse(wrong), None, "{wrong}");
        }
    }
}
