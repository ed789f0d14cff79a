"""Hold the settings of six worked estimates; all of their assumptions are ours."""

from __future__ import annotations

from collections.abc import Mapping

from simulations.engine.model import Preset

_SHORTENER_REDIRECTS, _SHORTENER_CREATES = 10e9, 100e6
_VIDEO_MINUTE = 3e6 / 8.0 * 60.0
_UPLOADED_MINUTE = (8e6 + 12e6) / 8.0 * 60.0

_SHORTENER: Mapping[str, object] = {
    "users": _SHORTENER_CREATES,
    "active_share": 100,
    "actions": (_SHORTENER_REDIRECTS + _SHORTENER_CREATES) / _SHORTENER_CREATES / 30.0,
    "write_share": 100.0 * _SHORTENER_CREATES / (_SHORTENER_REDIRECTS + _SHORTENER_CREATES),
    "hit_rate": 80,
    "stored_bytes": 500,
    "wire_bytes": 500,
    "retention": 5 * 360,
    "copies": 3.9,
    "hot_items": 10e6,
    "hot_bytes": 500,
    "hold": 0.005,
    "headroom": 1,
}

_FEED: Mapping[str, object] = {
    "users": 200e6,
    "active_share": 100,
    "actions": 10.5,
    "write_share": 100.0 * 0.5 / 10.5,
    "fan_out": 200,
    "hit_rate": 99.9,
    "wire_bytes": 20e3,
    "hot_items": 200e6,
    "hot_bytes": 800 * 16,
    "store_rate": 100e3,
    "headroom": 1,
}

_VIDEO: Mapping[str, object] = {
    "users": 100e6,
    "active_share": 100,
    "actions": 30,
    "peak": 2.5,
    "write_share": 100.0 * 0.002 * 10.0 / 30.0,
    "hit_rate": 95,
    "stored_bytes": _UPLOADED_MINUTE,
    "wire_bytes": _VIDEO_MINUTE,
    "copies": 1.5,
    "hold": 60,
    "egress_price": 0.01,
}

_LOCATIONS: Mapping[str, object] = {
    "users": 1e6,
    "active_share": 100,
    "actions": 86_400 / 4,
    "peak": 1,
    "stored_bytes": 32,
    "wire_bytes": 150,
    "copies": 1,
    "hot_items": 1e6,
    "hot_bytes": 64,
    "store_rate": 50e3,
    "headroom": 1,
}

_LIMITER: Mapping[str, object] = {
    "users": 1e6,
    "active_share": 100,
    "actions": 8_640,
    "peak": 1,
    "write_share": 0,
    "wire_bytes": 100,
    "hot_items": 1e6,
    "hot_bytes": 80,
    "hold": 0.0005,
    "store_rate": 80e3,
    "headroom": 1,
}

PRESETS = (
    Preset("posts", "Posts of a social network", {"users": 1e8, "active_share": 30, "actions": 50}),
    Preset("shortener", "URL shortener", _SHORTENER),
    Preset("feed", "Social feed", _FEED),
    Preset("video", "Video platform, by the minute watched", _VIDEO),
    Preset("locations", "Drivers' locations", _LOCATIONS),
    Preset("limiter", "Rate limiter, token bucket", _LIMITER),
    Preset("limiter_leases", "Rate limiter, leases of ten tokens", {**_LIMITER, "hit_rate": 90}),
)
"""The worked estimates; what is not named keeps its default."""
