from xml.etree import ElementTree as ET

import numpy as np

from benchmarks.diagram import reliability_diagram
from bot.evaluating.answering import Predicted

SURE = Predicted(confidence=np.array([0.05, 0.92, 0.98, 1.0]), right=np.array([False, True, False, True]))


def drawn(**predicted):
    return list(ET.fromstring(reliability_diagram(predicted)).iter())  # noqa: S314 - our own text


def of(elements, kind):
    return [element for element in elements if element.get("class") == kind]


def test_a_diagram_has_a_panel_a_set_and_a_point_a_bin():
    elements = drawn(one=SURE, two=SURE)
    assert [name.text for name in of(elements, "name")] == ["one", "two"]
    assert len(of(elements, "bin")) == 4


def test_a_name_cannot_break_the_diagram():
    assert "&lt;a &amp; b&gt;" in reliability_diagram({"<a & b>": SURE})


def test_the_interval_of_a_bin_that_is_all_right_ends_at_the_top():
    (doubt,) = of(drawn(one=Predicted(confidence=np.array([0.5]), right=np.array([True]))), "doubt")
    assert doubt.get("y2") == "0.0"
