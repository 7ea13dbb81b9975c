"""Scripts that measure Heed beside plain baselines, a peer and the limit, in the same run. No part of the product."""
