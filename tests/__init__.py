"""The tests. Being a package lets two folders hold files of one name."""

import os

# OpenMP reads it when it is loaded. Threads that spin while they wait make gradient boosting a
# hundred times slower beside another busy process.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
