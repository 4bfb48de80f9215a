//! stub
/// Facts about one household, typed by the programme that read them.
#[derive(Debug, Clone)]
pub struct Facts {}
