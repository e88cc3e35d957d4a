"""Security headers of every response."""

import base64
import hashlib
import re

_INLINE = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_YEAR = 365 * 24 * 3600
_NEVER = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer",
    "microphone", "midi", "payment", "publickey-credentials-get", "screen-wake-lock", "serial",
    "usb", "xr-spatial-tracking",
)  # fmt: skip

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # An address holds the filter, and with it people and clients.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _NEVER),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
BEHIND_TLS = {"Strict-Transport-Security": f"max-age={_YEAR}"}


def content_policy(index: str) -> str:
    """The Content-Security-Policy of a page that `index`, Streamlit's HTML, begins.

    Scripts are the server's own, and those written in `index` by their hash. Streamlit makes its
    styles while it runs, hence 'unsafe-inline' for those alone; its 64-bit numbers are
    WebAssembly, which may run while text may not: 'unsafe-eval' is not needed.
    """
    hashes = (hashlib.sha256(text.encode()).digest() for text in _INLINE.findall(index))
    inline = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in hashes)
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' 'wasm-unsafe-eval' {inline}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )
