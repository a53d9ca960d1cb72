"""One function per user action; both faces call these and nothing below them."""
