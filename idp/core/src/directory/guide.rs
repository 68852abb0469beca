//! The platforms that the guide names: what a new directory begins with.

use crate::id::PlatformId;
use crate::platform::{Platform, PlatformState, Zone};
use crate::region::RegionCode;
use crate::store::{Store, StoreError};

/// The guide names fifteen of sixteen; the sixteenth is data an operator adds. Zones as commonly used,
/// with 赤峰 in the east: the guide's picture caption lists it under 西部盟市, and an operator can.
const NAMED_BY_THE_GUIDE: [(&str, &str, &str, &str, Zone); 15] = [
    (
        "neimenggu",
        "自治区工程交易中心",
        "Inner Mongolia Engineering Trading Centre",
        "150000",
        Zone::Autonomous,
    ),
    (
        "hohhot",
        "呼和浩特市交易中心",
        "Hohhot Trading Centre",
        "150100",
        Zone::Western,
    ),
    (
        "baotou",
        "包头市交易中心",
        "Baotou Trading Centre",
        "150200",
        Zone::Western,
    ),
    (
        "wuhai",
        "乌海市交易中心",
        "Wuhai Trading Centre",
        "150300",
        Zone::Western,
    ),
    (
        "chifeng",
        "赤峰市交易中心",
        "Chifeng Trading Centre",
        "150400",
        Zone::Eastern,
    ),
    (
        "tongliao",
        "通辽市交易中心",
        "Tongliao Trading Centre",
        "150500",
        Zone::Eastern,
    ),
    (
        "ordos",
        "鄂尔多斯市交易中心",
        "Ordos Trading Centre",
        "150600",
        Zone::Western,
    ),
    (
        "hulunbuir",
        "呼伦贝尔市交易中心",
        "Hulunbuir Trading Centre",
        "150700",
        Zone::Eastern,
    ),
    (
        "bayannur",
        "巴彦淖尔市交易中心",
        "Bayannur Trading Centre",
        "150800",
        Zone::Western,
    ),
    (
        "ulanqab",
        "乌兰察布市交易中心",
        "Ulanqab Trading Centre",
        "150900",
        Zone::Western,
    ),
    (
        "hinggan",
        "兴安盟交易中心",
        "Hinggan League Trading Centre",
        "152200",
        Zone::Eastern,
    ),
    (
        "xilingol",
        "锡林郭勒盟交易中心",
        "Xilingol League Trading Centre",
        "152500",
        Zone::Eastern,
    ),
    (
        "erenhot",
        "二连浩特市交易中心",
        "Erenhot Trading Centre",
        "152501",
        Zone::Western,
    ),
    (
        "alxa",
        "阿拉善盟交易中心",
        "Alxa League Trading Centre",
        "152900",
        Zone::Western,
    ),
    (
        "manzhouli",
        "满洲里市公共资源交易中心",
        "Manzhouli Public Resource Trading Centre",
        "150781",
        Zone::Eastern,
    ),
];

/// Lists every platform of the guide that is not in the directory yet.
pub fn seed(store: &mut dyn Store) -> Result<(), StoreError> {
    for (id, name_zh, name_en, region, zone) in NAMED_BY_THE_GUIDE {
        let Ok(region_code) = RegionCode::parse(region) else {
            continue;
        };
        store.insert_platform(&Platform {
            id: PlatformId::from_text(id),
            name_zh: name_zh.to_owned(),
            name_en: name_en.to_owned(),
            region_code,
            zone,
            support_contact: None,
            state: PlatformState::Listed,
            in_force_since: None,
            client: None,
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::check::check_id;
    use super::*;

    #[test]
    fn the_guide_names_fifteen_platforms_with_known_regions() {
        let mut ids: Vec<_> = NAMED_BY_THE_GUIDE.iter().map(|row| row.0).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 15);
        for (id, .., region, _) in NAMED_BY_THE_GUIDE {
            assert!(check_id(id).is_ok(), "{id}");
            assert!(RegionCode::parse(region).is_ok(), "{region}");
        }
    }
}
