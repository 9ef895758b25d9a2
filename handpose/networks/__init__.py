"""What runs a pretrained network: runtimes, quantisation, views and crops, single-shot decoding."""
