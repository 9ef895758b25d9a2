"""What handpose is measured by: see README.md."""

QUESTIONS = {
    "keypoints_or_pixels": "Keypoints or pixels, and which classifier?",
    "extraction": "How fast and how well are hands found, beside MediaPipe?",
    "temporal": "Is video steady, and what does a frame cost?",
    "few_shot": "Are one to five samples of a gesture enough?",
    "small_sets": "What is named after training on few people and photos?",
    "open_set": "Is what nobody taught refused?",
    "classifier_grid": "Which classifier for how many gestures and hands?",
    "motion": "Can motions be told apart?",
    "streams": "Are motions found in a stream, and letters read as text?",
    "persons": "Does the size of its bones tell whose hand it is?",
    "door": "Does a door of gestures open to its sequence, and to nothing else?",
    "search": "Does a search beat the defaults?",
    "at_scale": "What does a worker do an hour, and how many can one machine feed?",
    "trust": "What happens to hostile files, killed processes and full disks?",
    "keypoint_net": "What does a keypoint network trained from scratch reach?",
    "export": "Do exported models give the same answers, and how fast?",
}
"""Name of each benchmark to its question."""
