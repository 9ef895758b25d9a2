"""What every network trained here shares: rules, runs, checkpoints and files.

torch and safetensors are imported plainly: the packages that train say first who needs them.
"""
