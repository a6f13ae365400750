"""What a run costs in virtual user hours (VUH): base, reductions in percent that compound, billed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import prod

from k6desk.demo.workload import Workload

_BROWSER_WEIGHT = 10
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Cost:
    """Billed and base VUH. `reduction_rate` is in percent, the effect of all `reductions` together."""

    total_vuh: Decimal
    protocol_vuh: Decimal
    browser_vuh: Decimal
    base_total_vuh: Decimal
    reduction_rate: Decimal
    reductions: Mapping[str, int]


def cost_of(workload: Workload, share: float, reductions: Mapping[str, int]) -> Cost:
    """The cost of a share (0 to 1) of a workload; each reduction applies to what the others leave."""
    protocol = Decimal(workload.vu_s * share / 3600).quantize(_CENT)
    browser = Decimal(workload.browser_vu_s * _BROWSER_WEIGHT * share / 3600).quantize(_CENT)
    left = prod((Decimal(100 - percent) / 100 for percent in reductions.values()), start=Decimal(1))
    return Cost(
        total_vuh=(protocol + browser) * left,
        protocol_vuh=protocol * left,
        browser_vuh=browser * left,
        base_total_vuh=protocol + browser,
        reduction_rate=(1 - left) * 100,
        reductions=reductions,
    )
