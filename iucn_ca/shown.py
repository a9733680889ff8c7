"""What stands on many pages alike, and is made once for how it looks."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Shown:
    """A record as it is shown: two that look the same are the same to lru_cache."""

    record: object = field(compare=False)
    looks: tuple  # all that its HTML is made of
