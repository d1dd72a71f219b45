//! TLS to the database, with the meaning that libpq gives to `sslmode`.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::Failure;

/// Files as libpq names them: the authorities to believe (or `system`), and a certificate of one's own with its key.
pub struct Certificates {
    pub roots: Option<String>,
    pub own: Option<String>,
    pub key: Option<String>,
}

/// Of which server to believe that it is the database.
pub enum Trust {
    /// Of any: the connection is kept from listeners, and not from somebody in between.
    Any(Certificates),
    /// Of one whose certificate comes from these authorities.
    Authority(Certificates),
    /// Of one whose certificate bears the host's name besides.
    AuthorityAndName(Certificates),
}

/// What `sslmode` means. As with libpq, `prefer` is what is meant by nothing, and `require` checks the authority where one is named.
///
/// # Errors
///
/// A mode that is not known.
pub fn mode_and_trust(mode: Option<&str>, certificates: Certificates) -> Result<(SslMode, Trust), Failure> {
    Ok(match mode.unwrap_or("prefer") {
        "disable" => (SslMode::Disable, Trust::Any(certificates)),
        // To try without TLS first is to invite whoever listens.
        "allow" | "prefer" => (SslMode::Prefer, Trust::Any(certificates)),
        "require" if certificates.roots.is_none() => (SslMode::Require, Trust::Any(certificates)),
        "require" | "verify-ca" => (SslMode::Require, Trust::Authority(certificates)),
        "verify-full" => (SslMode::Require, Trust::AuthorityAndName(certificates)),
        other => {
            return Err(format!(
                "sslmode is {other}: it must be one of disable, allow, prefer, require, verify-ca, verify-full"
            )
            .into());
        }
    })
}

/// # Errors
///
/// A certificate or key that cannot be read, or no authority where one is needed.
pub fn connector(trust: Trust) -> Result<MakeRustlsConnect, Failure> {
    let provider = Arc::new(ring::default_provider());
    let (verifier, certificates): (Arc<dyn ServerCertVerifier>, _) = match trust {
        Trust::Any(certificates) => (Arc::new(AnyServer(provider.clone())), certificates),
        Trust::Authority(certificates) => (Arc::new(AnyName(by_authority(&certificates, &provider)?)), certificates),
        Trust::AuthorityAndName(certificates) => (by_authority(&certificates, &provider)?, certificates),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let config = match (&certificates.own, &certificates.key) {
        (Some(own), Some(key)) => {
            let key = PrivateKeyDer::from_pem_file(key).map_err(|error| format!("sslkey {key}: {error}"))?;
            config.with_client_auth_cert(certificates_in(own)?, key)?
        }
        (None, None) => config.with_no_client_auth(),
        _ => return Err("sslcert and sslkey go together: give both or none".into()),
    };
    Ok(MakeRustlsConnect::new(config))
}

fn by_authority(
    certificates: &Certificates,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, Failure> {
    let mut roots = RootCertStore::empty();
    match certificates.roots.as_deref() {
        None => return Err("sslmode asks for an authority: set sslrootcert to its file, or to system".into()),
        Some("system") => _ = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs),
        Some(file) => certificates_in(file)?.into_iter().try_for_each(|certificate| roots.add(certificate))?,
    }
    Ok(WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build()?)
}

fn certificates_in(file: &str) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let certificates = read.map_err(|error| format!("{file}: {error}"))?;
    if certificates.is_empty() { Err(format!("{file} holds no certificate").into()) } else { Ok(certificates) }
}

/// `verify-ca`: the authority counts, and the name does not.
#[derive(Debug)]
struct AnyName(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        // The name is what is looked at last.
        match self.0.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// `require`: whoever answers must hold the key of the certificate that it shows, whoever that is.
#[derive(Debug)]
struct AnyServer(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
