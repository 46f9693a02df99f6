"""From a folder of videos to one's own model: data, losses, the loop."""
