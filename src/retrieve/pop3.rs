//! POP3 driver.
use super::*;
/// A POP3 maildrop.
pub struct Pop3 {}
#[allow(missing_docs, unused)]
impl Pop3 {
    pub async fn open(conn: net::Conn, sign_in: SignIn) -> Result<Self, Error> {
        Ok(Self {})
    }
    pub async fn survey(&mut self, want: Want) -> Result<Survey, Error> {
        Ok(Survey::default())
    }
    pub fn request(&mut self, numbers: &[u32]) {}
    pub fn dispose(&mut self, numbers: &[u32], what: Disposition) {}
    pub async fn next(&mut self) -> Result<Fetched, Error> {
        Ok(Fetched::Idle)
    }
    pub async fn close(self) -> Result<Vec<u32>, Error> {
        Ok(vec![])
    }
}
