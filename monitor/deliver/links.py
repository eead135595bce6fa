"""Links that say who may follow them: to take one alert, for those behind one receiver. Pure."""

import hmac
from typing import Final

MAC_LENGTH: Final = 32  # hexadecimal digits: nobody guesses 128 bits


def take_url(public_url: str, number: int, receiver_key: str, key: bytes) -> str:
    """The page on which those behind this receiver say that they are on it."""
    return f"{public_url}/take/{number}/{receiver_key}/{mac(number, receiver_key, key)}"


def mac(number: int, receiver_key: str, key: bytes) -> str:
    """What only we can have written of this alert and receiver."""
    said = f"take\x1f{number}\x1f{receiver_key}".encode()
    return hmac.new(key, said, "sha256").hexdigest()[:MAC_LENGTH]


def is_ours(number: int, receiver_key: str, said: str, key: bytes) -> bool:
    """Whether that is so."""
    return hmac.compare_digest(mac(number, receiver_key, key).encode(), said.encode())
