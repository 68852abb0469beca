//! 互通驱动下载: what the driver is, where to get it, how to see that it works.

use askama::Template;

use super::{Frame, page};

/// The driver page.
#[derive(Clone, Debug, Template)]
#[template(path = "driver.html")]
pub struct DriverPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// What can be downloaded; may be empty.
    pub downloads: Vec<Download<'a>>,
    /// The assistant's page on the person's own machine, for 一键检测.
    pub assistant_href: &'a str,
}

/// One file to download.
#[derive(Clone, Copy, Debug)]
pub struct Download<'a> {
    /// The operating system it is for, as people call it.
    pub system: &'a str,
    /// Version of the driver.
    pub version: &'a str,
    /// Size, as people read it.
    pub size: &'a str,
    /// Where it is.
    pub href: &'a str,
    /// SHA-256, hexadecimal.
    pub sha256: Option<&'a str>,
}

page!(DriverPage, 8 * 1024);
