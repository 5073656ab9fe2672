"""Tracking parameters that other programs add to links."""

# Added by mail programs, search engines and social networks; compared in lower case.
TRACKERS = frozenset(
    {
        "_branch_match_id",
        "_ga",
        "_gac",
        "_gl",
        "_hsenc",
        "_hsmi",
        "_openstat",
        "authuser",
        "campaign_id",
        "dclid",
        "epik",
        "fbclid",
        "gad_campaignid",
        "gad_source",
        "gbraid",
        "gclid",
        "gclsrc",
        "igsh",
        "igshid",
        "li_fat_id",
        "mc_cid",
        "mc_eid",
        "mibextid",
        "mkt_tok",
        "msclkid",
        "ncid",
        "oly_anon_id",
        "oly_enc_id",
        "ref",
        "ref_src",
        "ref_url",
        "s_kwcid",
        "share_id",
        "si",
        "spm",
        "srsltid",
        "trk",
        "ttclid",
        "twclid",
        "usp",
        "vero_id",
        "wbraid",
        "wickedid",
        "yclid",
        "ysclid",
    }
)
TRACKER_PREFIXES = ("utm_", "_ga_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "__hs", "fb_")


def is_tracker(name: str) -> bool:
    """Whether a name in a link is a tracking parameter."""
    lower = name.lower()
    return lower in TRACKERS or lower.startswith(TRACKER_PREFIXES)
