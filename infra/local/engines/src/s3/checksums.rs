use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use s3s::checksum::ChecksumHasher;
use s3s::dto::{Checksum, PutObjectInput, UploadPartInput};
use s3s::{S3Result, s3_error};

/// The checksums that a writer announced, computed while the body passes and compared at its end.
pub(super) struct Checksums {
    hasher: ChecksumHasher,
    expected: Checksum,
    md5: Option<String>,
}

impl Checksums {
    pub(super) fn of_put(input: &PutObjectInput) -> Self {
        let expected = Checksum {
            checksum_crc32: input.checksum_crc32.clone(),
            checksum_crc32c: input.checksum_crc32c.clone(),
            checksum_crc64nvme: input.checksum_crc64nvme.clone(),
            checksum_sha1: input.checksum_sha1.clone(),
            checksum_sha256: input.checksum_sha256.clone(),
            checksum_type: None,
        };
        Self::new(expected, input.content_md5.clone())
    }

    pub(super) fn of_part(input: &UploadPartInput) -> Self {
        let expected = Checksum {
            checksum_crc32: input.checksum_crc32.clone(),
            checksum_crc32c: input.checksum_crc32c.clone(),
            checksum_crc64nvme: input.checksum_crc64nvme.clone(),
            checksum_sha1: input.checksum_sha1.clone(),
            checksum_sha256: input.checksum_sha256.clone(),
            checksum_type: None,
        };
        Self::new(expected, input.content_md5.clone())
    }

    fn new(expected: Checksum, md5: Option<String>) -> Self {
        Self {
            hasher: ChecksumHasher::default(),
            expected,
            md5,
        }
    }

    /// Prepares for what the headers and the announced trailers (`x-amz-trailer`) will ask.
    pub(super) fn announce(mut self, headers: &HeaderMap) -> Self {
        let trailers: Vec<&str> = headers
            .get_all("x-amz-trailer")
            .iter()
            .filter_map(|names| names.to_str().ok())
            .flat_map(|names| names.split(','))
            .map(str::trim)
            .collect();
        let wanted = |name: &str, given: &Option<String>| given.is_some() || trailers.contains(&name);
        let (hasher, expected) = (&mut self.hasher, &self.expected);
        hasher.crc32 = wanted("x-amz-checksum-crc32", &expected.checksum_crc32).then(Default::default);
        hasher.crc32c = wanted("x-amz-checksum-crc32c", &expected.checksum_crc32c).then(Default::default);
        hasher.crc64nvme =
            wanted("x-amz-checksum-crc64nvme", &expected.checksum_crc64nvme).then(Default::default);
        hasher.sha1 = wanted("x-amz-checksum-sha1", &expected.checksum_sha1).then(Default::default);
        hasher.sha256 = wanted("x-amz-checksum-sha256", &expected.checksum_sha256).then(Default::default);
        self
    }

    pub(super) fn update(&mut self, content: &[u8]) {
        self.hasher.update(content);
    }

    /// Compares with the headers and with the trailers that came after the body.
    ///
    /// # Errors
    /// `BadDigest` where one differs.
    pub(super) fn verify(mut self, trailers: Option<&HeaderMap>, md5: [u8; 16]) -> S3Result<Checksum> {
        let trailer = |name: &str| {
            let value = trailers?.get(name)?.to_str().ok()?;
            Some(value.trim().to_owned())
        };
        let computed = self.hasher.finalize();
        for (name, expected, computed) in [
            (
                "crc32",
                &mut self.expected.checksum_crc32,
                &computed.checksum_crc32,
            ),
            (
                "crc32c",
                &mut self.expected.checksum_crc32c,
                &computed.checksum_crc32c,
            ),
            (
                "crc64nvme",
                &mut self.expected.checksum_crc64nvme,
                &computed.checksum_crc64nvme,
            ),
            ("sha1", &mut self.expected.checksum_sha1, &computed.checksum_sha1),
            (
                "sha256",
                &mut self.expected.checksum_sha256,
                &computed.checksum_sha256,
            ),
        ] {
            if let Some(late) = trailer(&format!("x-amz-checksum-{name}")) {
                *expected = Some(late);
            }
            if expected.is_some() && expected != computed {
                return Err(s3_error!(
                    BadDigest,
                    "The {name} you specified did not match what we received."
                ));
            }
        }
        if self.md5.is_some_and(|expected| expected != STANDARD.encode(md5)) {
            return Err(s3_error!(
                BadDigest,
                "The Content-MD5 you specified did not match what we received."
            ));
        }
        Ok(computed)
    }
}
