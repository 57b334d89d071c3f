"""The engines of the fan-out, by name. Only this module imports them."""

from conference.fanout.contract import FanoutFactory
from conference.fanout.python.engine import PythonFanout

ENGINES: dict[str, FanoutFactory] = {"python": PythonFanout}
DEFAULT_ENGINE = ENGINES["python"]
