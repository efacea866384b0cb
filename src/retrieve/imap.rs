//! IMAP driver.
use super::*;
/// An IMAP maildrop.
pub struct Imap {}
#[allow(missing_docs, unused)]
impl Imap {
    pub async fn open(conn: net::Conn, sign_in: SignIn) -> Result<Self, Error> {
        Ok(Self {})
    }
    pub async fn survey(&mut self, folder: &[u8], want: Want) -> Result<Survey, Error> {
        Ok(Survey::default())
    }
    pub fn request(&mut self, numbers: &[u32]) {}
    pub fn dispose(&mut self, numbers: &[u32], what: Disposition) {}
    pub async fn next(&mut self) -> Result<Fetched, Error> {
        Ok(Fetched::Idle)
    }
    pub async fn leave(&mut self) -> Result<Vec<u32>, Error> {
        Ok(vec![])
    }
    pub async fn close(self) -> Result<Vec<u32>, Error> {
        Ok(vec![])
    }
}
