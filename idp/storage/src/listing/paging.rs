//! From rows that were found to a page: in order, no more than asked, with the places where it goes on.

use idp_core::listing::{Page, PageAsk, Place, Start};

/// Rows with their places, as walking found them.
pub(crate) struct Found<R> {
    rows: Vec<(Place, R)>,
    /// The nearest place at which a look ended.
    floor: Option<Place>,
    /// How many branches there were: what several found is put in order here, what one found the database did.
    branches: u32,
    is_backwards: bool,
    is_descending: bool,
}

impl<R> Found<R> {
    pub(crate) const fn new(is_backwards: bool, is_descending: bool) -> Self {
        Self {
            rows: Vec::new(),
            floor: None,
            branches: 0,
            is_backwards,
            is_descending,
        }
    }

    /// What one branch found, and where its look ended.
    pub(crate) fn add(&mut self, rows: impl Iterator<Item = (Place, R)>, floor: Option<Place>) {
        self.rows.extend(rows);
        self.branches += 1;
        let nearest = self.floor.take();
        self.floor = match (nearest, floor) {
            (Some(a), Some(b)) if self.comes_first(&b, &a) => Some(b),
            (Some(a), _) => Some(a),
            (None, b) => b,
        };
    }

    /// Whether walking meets `a` before `b`.
    fn comes_first(&self, a: &Place, b: &Place) -> bool {
        order(a, b, self.goes_down()).is_lt()
    }

    const fn goes_down(&self) -> bool {
        self.is_descending != self.is_backwards
    }
}

/// Texts that are numbers are compared as such: they tell events of one moment apart.
fn order(a: &Place, b: &Place, goes_down: bool) -> std::cmp::Ordering {
    let by_text = match (a.text.parse::<i64>(), b.text.parse::<i64>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.text.cmp(&b.text),
    };
    let upwards = a.number.cmp(&b.number).then(by_text);
    if goes_down {
        upwards.reverse()
    } else {
        upwards
    }
}

/// The page of what was found, which holds one row more than is shown where there are more.
pub(crate) fn page<R>(found: Found<R>, ask: &PageAsk) -> Page<R> {
    let (goes_down, is_backwards) = (found.goes_down(), found.is_backwards);
    let (mut rows, floor) = (found.rows, found.floor);
    if found.branches > 1 {
        rows.sort_by(|(a, _), (b, _)| order(a, b, goes_down));
        if let Some(floor) = &floor {
            rows.retain(|(place, _)| order(place, floor, goes_down).is_le());
        }
    }
    let size = usize::try_from(ask.size).unwrap_or(usize::MAX);
    let is_more = rows.len() > size;
    rows.truncate(size);
    let on = match (is_more, floor) {
        (true, _) => rows.last().map(|(place, _)| place.clone()),
        (false, floor) => floor,
    };
    let came_from = rows.first().map(|(place, _)| place.clone());
    let is_cut = !is_more && on.is_some();
    if is_backwards {
        rows.reverse();
    }
    let items: Vec<R> = rows.into_iter().map(|(_, row)| row).collect();
    if is_backwards {
        // Whoever came backwards came from somewhere.
        let next = came_from.map_or(Start::Beginning, Start::After);
        return Page {
            items,
            next: Some(next),
            previous: on.map(Start::Before),
            is_cut,
        };
    }
    let behind = match &ask.start {
        Start::After(place) => Some(came_from.unwrap_or_else(|| place.clone())),
        Start::Beginning | Start::Before(_) => None,
    };
    Page {
        items,
        next: on.map(Start::After),
        previous: behind.map(Start::Before),
        is_cut,
    }
}
