//! Progress bars, on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for `steps` steps of work, labelled `what`. Advance it with `inc`; it draws on standard
/// error, and draws nothing where that is not a terminal.
pub fn bar(what: &str, steps: u64) -> ProgressBar {
    // PANIC: the template is constant.
    let style = ProgressStyle::with_template("{msg:>12} [{bar:40}] {pos}/{len}  {eta} left")
        .expect("the template is valid")
        .progress_chars("=> ");
    ProgressBar::new(steps)
        .with_style(style)
        .with_message(what.to_owned())
}
