"""Under which names and addresses people open the site, the best first."""

from signaling.settings import Settings
from signaling.trust.store import Trust


def best_names(settings: Settings, trust: Trust) -> list[str]:
    """Return names and addresses to open the site by, the best first."""
    names = [name for name in trust.names if "*" not in name]
    configured = [name for name in settings.names if name in names]
    ordered = dict.fromkeys([*configured, *sorted(names, key=_preference)])
    return list(ordered) or ["localhost"]


def addresses(settings: Settings, trust: Trust, port: int) -> list[str]:
    """Return the addresses to open, the best first."""
    suffix = "" if port == 443 else f":{port}"
    own = [f"https://{bracketed(name)}{suffix}" for name in best_names(settings, trust)]
    public = settings.proxy.address
    return [public, *own] if public else own


def matches(pattern: str, name: str) -> bool:
    """Return whether a certificate's name covers a host (RFC 9525 §6.3)."""
    if pattern.startswith("*."):
        return name.partition(".")[2] == pattern[2:].lower()
    return pattern.lower() == name


def _preference(name: str) -> tuple[bool, bool]:
    """Loopback last; addresses before names, which may not resolve everywhere."""
    loopback = name in ("localhost", "127.0.0.1", "::1")
    return loopback, name[-1:].isalpha() and ":" not in name


def bracketed(name: str) -> str:
    """Return a name or address as it stands in a URL."""
    return f"[{name}]" if ":" in name else name
