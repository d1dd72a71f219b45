//! The word of a proxy that has signed the user in: a header, from the one address on this machine that the proxy connects from.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};

use super::User;
use crate::Failure;

pub struct Proxy {
    address: IpAddr,
    header: HeaderName,
}

impl Proxy {
    /// # Errors
    ///
    /// An address that is not on this machine: whoever is on the way from another could write the header.
    pub fn new(address: IpAddr, header: HeaderName) -> Result<Self, Failure> {
        if !address.is_loopback() {
            return Err(format!("--proxy {address} is not on this machine: it must be a loopback address").into());
        }
        Ok(Self { address, header })
    }

    /// The user in the header. Of two such headers neither counts: one of them came from outside. Nor does one with a comma, by
    /// which whoever passes two lines of a name on may make one of them (RFC 9110, 5.3).
    pub fn user(&self, peer: IpAddr, headers: &HeaderMap) -> Option<User> {
        let mut values = headers.get_all(&self.header).iter();
        let user = std::str::from_utf8(values.next()?.as_bytes()).ok()?;
        let is_one = values.next().is_none() && !user.contains(',');
        (peer.to_canonical() == self.address && is_one).then(|| User::new(user))?
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::Proxy;

    fn headers(users: &[&'static str]) -> HeaderMap {
        let name = HeaderName::from_static("x-user");
        users.iter().map(|user| (name.clone(), HeaderValue::from_static(user))).collect()
    }

    #[test]
    fn only_the_named_address_is_believed() {
        let proxy = Proxy::new([127, 0, 0, 1].into(), HeaderName::from_static("x-user")).unwrap();
        let user = |peer: [u8; 4], users: &[&'static str]| {
            proxy.user(peer.into(), &headers(users)).map(|user| user.id().to_owned())
        };
        assert_eq!(user([127, 0, 0, 1], &["maria"]).as_deref(), Some("maria"));
        assert_eq!(user([127, 0, 0, 2], &["maria"]), None);
        assert_eq!(user([192, 0, 2, 1], &["maria"]), None);
        assert_eq!(user([127, 0, 0, 1], &[]), None);
        assert_eq!(user([127, 0, 0, 1], &[" "]), None);
        assert_eq!(user([127, 0, 0, 1], &["maria", "devon"]), None);
        for merged in [&["maria, devon"], &["maria,devon"], &["maria,"], &[",maria"], &[","]] {
            assert_eq!(user([127, 0, 0, 1], merged), None, "{merged:?}");
        }
        assert_eq!(user([127, 0, 0, 1], &["maria of the shop"]).as_deref(), Some("maria of the shop"));
    }

    #[test]
    fn a_proxy_elsewhere_is_refused() {
        assert!(Proxy::new([192, 0, 2, 1].into(), HeaderName::from_static("x-user")).is_err());
    }
}
