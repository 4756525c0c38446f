"""The product's own discrete-event simulation: planning, proofs, and the exact optimum.

run(world, "predictive", seeds=range(5))            one world, averaged over seeds -> Outcome
sweep(world, agents=[5, 10, 20], targets=[0.03])    the rows of a planning table -> list[Outcome]
agents_needed(world, leads=20_000, days=10)         how many agents -> Staffing
compare_with_optimum([5, 10, 20])                   modes beside the exact optimum -> list[Comparison]
markdown_table / csv_table / svg_chart              tables and charts of outcomes
"""

from callcenter.pacing.simulation.compare import Comparison, compare_with_optimum
from callcenter.pacing.simulation.optimum import MarkovRoom, Optimum, solve
from callcenter.pacing.simulation.report import Line, csv_table, lines_of, markdown_table, svg_chart
from callcenter.pacing.simulation.run import (
    Outcome,
    Prices,
    Staffing,
    agents_needed,
    product_pacer,
    run,
    sweep,
)
from callcenter.pacing.simulation.worlds import (
    Break,
    Detection,
    World,
    bursty,
    cold,
    detecting,
    drifting,
    markov,
    office,
    pitch,
    with_breaks,
)

__all__ = [
    "Break",
    "Comparison",
    "Detection",
    "Line",
    "MarkovRoom",
    "Optimum",
    "Outcome",
    "Prices",
    "Staffing",
    "World",
    "agents_needed",
    "bursty",
    "cold",
    "compare_with_optimum",
    "csv_table",
    "detecting",
    "drifting",
    "lines_of",
    "markdown_table",
    "markov",
    "office",
    "pitch",
    "product_pacer",
    "run",
    "solve",
    "svg_chart",
    "sweep",
    "with_breaks",
]
