"""What every training with torch shares: the base estimator, the loop, checkpoints and files.

A network brings a `Task` (its data and its loss); everything else is here. `backend` and
`estimator` can be imported without torch; the other modules need it.
"""
