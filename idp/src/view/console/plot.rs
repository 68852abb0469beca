//! Plots, drawn here as SVG: columns over time and bars beside names. They need no script, follow the page's width and
//! colours, and what they show stands in words and figures beside them.
//!
//! Owns scales and places, in hundredths of a percent of the width, so that no picture has a size of its own.

/// One column or bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What it is of.
    pub label: String,
    /// How many.
    pub value: i64,
    /// What stands under it on the axis, where something does.
    pub tick: Option<String>,
    /// Where it leads.
    pub href: Option<String>,
}

/// Columns over time.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    marks: Vec<Mark>,
    top: i64,
}

/// Bars beside names.
#[derive(Clone, Debug, Default)]
pub struct Bars {
    marks: Vec<Mark>,
    top: i64,
}

/// Height of the place for columns, in pixels.
pub const HEIGHT: i64 = 160;

impl Mark {
    /// A mark without a tick and a link.
    pub const fn new(label: String, value: i64) -> Self {
        Self {
            label,
            value,
            tick: None,
            href: None,
        }
    }
}

impl Columns {
    /// In the order of time.
    pub fn new(marks: Vec<Mark>) -> Self {
        let top = round_up(largest(&marks));
        Self { marks, top }
    }

    /// Each of them.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Whether nothing happened at all.
    pub fn is_empty(&self) -> bool {
        self.marks.iter().all(|mark| mark.value == 0)
    }

    /// All of them together.
    pub fn sum(&self) -> i64 {
        self.marks.iter().map(|mark| mark.value).sum()
    }

    /// What the topmost line stands for; the line between stands for half of it.
    pub const fn top(&self) -> i64 {
        self.top
    }

    /// Where a column begins.
    pub fn x(&self, index: usize) -> String {
        percent(part(index, self.marks.len()))
    }

    /// How wide it is: four fifths of its place.
    pub fn width(&self) -> String {
        percent(part(1, self.marks.len()) * 4 / 5)
    }

    /// Where it ends at its top, in pixels. What happened once can be seen.
    pub fn y(&self, mark: &Mark) -> i64 {
        HEIGHT - self.height(mark)
    }

    /// How high it is, in pixels.
    pub fn height(&self, mark: &Mark) -> i64 {
        let height = mark.value.saturating_mul(HEIGHT) / self.top;
        height.max(i64::from(mark.value > 0) * 2)
    }
}

impl Bars {
    /// In this order.
    pub fn new(marks: Vec<Mark>) -> Self {
        let top = largest(&marks).max(1);
        Self { marks, top }
    }

    /// Each of them.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// How long a bar is.
    pub fn width(&self, mark: &Mark) -> String {
        let hundredths = mark.value.saturating_mul(10_000) / self.top;
        percent(hundredths.max(i64::from(mark.value > 0) * 50))
    }
}

fn largest(marks: &[Mark]) -> i64 {
    marks.iter().map(|mark| mark.value).max().unwrap_or(0)
}

/// The next of 2, 4, 10, 20, 40, 100 …: half of it is a whole number too.
fn round_up(value: i64) -> i64 {
    let mut step = 1_i64;
    loop {
        for factor in [2, 4, 10] {
            let top = step.saturating_mul(factor);
            if top >= value {
                return top;
            }
        }
        step = step.saturating_mul(10);
    }
}

/// `index` parts of so many, in hundredths of a percent.
fn part(index: usize, of: usize) -> i64 {
    let of = of.max(1);
    i64::try_from(index * 10_000 / of).unwrap_or(0)
}

fn percent(hundredths: i64) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(values: &[i64]) -> Vec<Mark> {
        let each = values.iter();
        each.map(|value| Mark::new(value.to_string(), *value))
            .collect()
    }

    #[test]
    fn the_topmost_line_is_a_round_number_at_or_above_the_highest_column() {
        for (highest, top) in [
            (0, 2),
            (1, 2),
            (2, 2),
            (3, 4),
            (5, 10),
            (11, 20),
            (99, 100),
            (2001, 4000),
        ] {
            assert_eq!(Columns::new(marks(&[highest])).top(), top, "{highest}");
        }
        assert_eq!(Columns::new(marks(&[i64::MAX])).top(), i64::MAX);
    }

    #[test]
    fn columns_stand_beside_each_other_and_none_is_higher_than_its_place() {
        let columns = Columns::new(marks(&[0, 1, 1000, 500]));
        let heights: Vec<_> = columns.marks().iter().map(|m| columns.height(m)).collect();
        assert_eq!(heights, [0, 2, HEIGHT, HEIGHT / 2]);
        assert_eq!(
            (columns.x(0), columns.x(3)),
            ("0.00%".to_owned(), "75.00%".to_owned())
        );
        assert_eq!(columns.width(), "20.00%");
        assert_eq!(columns.sum(), 1501);
        assert!(!columns.is_empty() && Columns::new(marks(&[0, 0])).is_empty());
        assert!(Columns::new(Vec::new()).is_empty());
    }

    #[test]
    fn the_longest_bar_is_as_wide_as_its_place_and_the_shortest_can_be_seen() {
        let bars = Bars::new(marks(&[100_000, 1, 0]));
        let widths: Vec<_> = bars.marks().iter().map(|m| bars.width(m)).collect();
        assert_eq!(widths, ["100.00%", "0.50%", "0.00%"]);
    }
}
