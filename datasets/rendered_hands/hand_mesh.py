"""The rigged hand of the WebXR input profiles: load it, pose it, find its 21 keypoints.

Everything is in one frame, in metres: x right, y down, z away from the viewer, the palm towards the
viewer and the fingers up. In this frame a right hand has its thumb on the right. The left mesh is
mirrored when it is loaded, so one pose serves both hands; `Hand.pose` mirrors it back.
"""

import hashlib
from pathlib import Path

import numpy as np
import pygltflib
import pyvista as pv

SHA256 = {
    "left": "bc67783144944ea1cda54d9247885825ea5fb9d4651469fe7d00be517a5c2b87",
    "right": "291790c14f7f88a7f9bd35330c47392ed8e8d395ae6728f4bb7089f1bc1f2b96",
}
FINGERS = ("thumb", "index", "middle", "ring", "pinky")
PARTS = {
    "thumb": ("metacarpal", "phalanx-proximal", "phalanx-distal", "tip"),
    "finger": (
        "metacarpal",
        "phalanx-proximal",
        "phalanx-intermediate",
        "phalanx-distal",
        "tip",
    ),
}
CHAINS = {
    "thumb": [1, 2, 3, 4],
    "index": [5, 6, 7, 8, 9],
    "middle": [10, 11, 12, 13, 14],
    "ring": [15, 16, 17, 18, 19],
    "pinky": [20, 21, 22, 23, 24],
}
JOINTS = ["wrist"] + [
    f"thumb-{part}" if finger == "thumb" else f"{finger}-finger-{part}"
    for finger in FINGERS
    for part in PARTS.get(finger, PARTS["finger"])
]
# MediaPipe has no landmark at the base of the four metacarpals.
MEDIAPIPE = [j for j, name in enumerate(JOINTS) if not name.endswith("finger-metacarpal")]
# glTF frame of the right mesh (fingers -y, palm -x, thumb -z) to ours; the left mesh's palm is +x.
FROM_GLTF = {
    "right": np.array([[0.0, 0, -1], [0, 1, 0], [1, 0, 0]]),
    "left": np.array([[0.0, 0, -1], [0, 1, 0], [-1, 0, 0]]),
}
DTYPES = {5121: np.uint8, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
COLUMNS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


def read_accessor(gltf: pygltflib.GLTF2, index: int) -> np.ndarray:
    """Read one glTF accessor as an array of shape (count, columns)."""
    accessor = gltf.accessors[index]
    view = gltf.bufferViews[accessor.bufferView]
    columns, dtype = COLUMNS[accessor.type], np.dtype(DTYPES[accessor.componentType])
    stride = view.byteStride or columns * dtype.itemsize
    start = (view.byteOffset or 0) + (accessor.byteOffset or 0)
    shape, strides = (accessor.count, columns), (stride, dtype.itemsize)
    return np.ndarray(shape, dtype, gltf.binary_blob(), start, strides).copy()


def rotation(axis: int, degrees: float) -> np.ndarray:
    """Return the 3x3 rotation by `degrees` about the x (0), y (1) or z (2) axis."""
    angle = np.deg2rad(degrees)
    a, b = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[a, a] = matrix[b, b] = np.cos(angle)
    matrix[b, a] = np.sin(angle)
    matrix[a, b] = -matrix[b, a]
    return matrix


def quaternion_matrix(quaternion: list[float]) -> np.ndarray:
    """Return the 3x3 rotation of a glTF quaternion (x, y, z, w)."""
    x, y, z, w = quaternion
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def bend(flexion: float, spread: float = 0.0, twist: float = 0.0) -> np.ndarray:
    """Return a joint's rotation in its own WebXR axes (x right, y out of the back, z backwards).

    Parameters
    ----------
    flexion, spread, twist : float
        Degrees towards the palm, towards the thumb's side, and about the bone.
    """
    return rotation(1, spread) @ rotation(0, -flexion) @ rotation(2, twist)


class Hand:
    """A rigged hand.

    Parameters
    ----------
    mesh_dir : Path
        Folder with ``left.glb`` and ``right.glb``.
    handedness : {"left", "right"}
        Which of the two to load.

    Attributes
    ----------
    vertices : ndarray of shape (n, 3)
        The hand at rest, seen as a right hand.
    faces : ndarray of shape (m, 3)
    weights : ndarray of shape (n, 25)
        How much each vertex follows each joint.
    joints : ndarray of shape (25, 3)
    axes : ndarray of shape (25, 3, 3)
        The joints' own axes, as columns.
    """

    def __init__(self, mesh_dir: Path, handedness: str) -> None:
        path = mesh_dir / f"{handedness}.glb"
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != SHA256[handedness]:
            raise ValueError(f"{path}: expected SHA-256 {SHA256[handedness]} but got {found}")
        self.handedness = handedness
        gltf = pygltflib.GLTF2().load(str(path))
        self._read_rig(gltf)
        self._read_surface(gltf)

    def _read_rig(self, gltf: pygltflib.GLTF2) -> None:
        to_ours = FROM_GLTF[self.handedness]
        skin = gltf.skins[0]
        names = [gltf.nodes[j].name for j in skin.joints]
        self._order = [names.index(name) for name in JOINTS]
        nodes = [gltf.nodes[skin.joints[k]] for k in self._order]
        rotations = np.stack([quaternion_matrix(node.rotation) for node in nodes])
        positions = np.array([node.translation for node in nodes])
        inverse_bind = read_accessor(gltf, skin.inverseBindMatrices).reshape(-1, 4, 4)
        rest = np.tile(np.eye(4), (len(JOINTS), 1, 1))
        rest[:, :3, :3], rest[:, :3, 3] = rotations, positions
        self._skinning = rest @ inverse_bind.transpose(0, 2, 1)[self._order]
        self.joints = positions @ to_ours.T
        self.axes = to_ours @ rotations
        self.axes[:, :, 0] *= np.linalg.det(to_ours)

    def _read_surface(self, gltf: pygltflib.GLTF2) -> None:
        part = gltf.meshes[0].primitives[0]
        vertices = read_accessor(gltf, part.attributes.POSITION)
        order = np.argsort(self._order)
        owners = order[read_accessor(gltf, part.attributes.JOINTS_0)]
        shares = read_accessor(gltf, part.attributes.WEIGHTS_0)
        weights = np.zeros((len(vertices), len(JOINTS)))
        np.add.at(weights, (np.arange(len(vertices))[:, None], owners), shares)
        at_rest = np.einsum(
            "nk,kij,nj->ni", weights, self._skinning, np.c_[vertices, np.ones(len(vertices))]
        )
        # The mesh is cut along its texture seams: weld it, or the seams show as creases.
        _, first, welded = np.unique(
            at_rest[:, :3].round(6), axis=0, return_index=True, return_inverse=True
        )
        faces = welded.ravel()[read_accessor(gltf, part.indices).reshape(-1, 3)]
        mesh = pv.PolyData(
            at_rest[first, :3] @ FROM_GLTF[self.handedness].T,
            np.c_[np.full(len(faces), 3), faces],
        )
        mesh["weights"] = weights[first]
        fine = mesh.subdivide(2, "loop")
        self.vertices = np.array(fine.points)
        self.faces = fine.faces.reshape(-1, 4)[:, 1:]
        self.weights = np.array(fine["weights"])

    def place_joints(self, angles: dict[str, tuple[float, ...]]) -> tuple[np.ndarray, np.ndarray]:
        """Bend the fingers of the skeleton.

        Parameters
        ----------
        angles : dict
            Degrees away from the rest pose. ``thumb``: flexion, spread and twist of the CMC joint,
            flexion of MCP and IP. The fingers: flexion of the metacarpal, spread of the MCP joint,
            flexion of MCP, PIP and DIP.

        Returns
        -------
        joints : ndarray of shape (25, 3)
        turns : ndarray of shape (25, 3, 3)
            How each joint is turned away from its rest.
        """
        joints = self.joints.copy()
        turns = np.tile(np.eye(3), (len(JOINTS), 1, 1))
        for finger, chain in CHAINS.items():
            parent, turn = 0, np.eye(3)
            for j, local in zip(chain, joint_bends(finger, angles[finger]), strict=True):
                joints[j] = joints[parent] + turn @ (self.joints[j] - self.joints[parent])
                turn = turn @ self.axes[j] @ local @ self.axes[j].T
                parent, turns[j] = j, turn
        return joints, turns

    def pose(self, angles: dict[str, tuple[float, ...]]) -> tuple[np.ndarray, np.ndarray]:
        """Bend the fingers, skin and all (linear blend skinning).

        Parameters
        ----------
        angles : dict
            See `place_joints`.

        Returns
        -------
        vertices : ndarray of shape (n, 3)
        joints : ndarray of shape (25, 3)
        """
        joints, turns = self.place_joints(angles)
        shifts = joints - np.einsum("kij,kj->ki", turns, self.joints)
        blended = np.einsum("nk,kij->nij", self.weights, turns)
        vertices = np.einsum("nij,nj->ni", blended, self.vertices) + self.weights @ shifts
        return vertices, joints


def joint_bends(finger: str, angles: tuple[float, ...]) -> list[np.ndarray]:
    """Return the rotation of each joint of a finger, from its base to its tip (see `Hand.pose`)."""
    if finger == "thumb":
        flexion, spread, twist, mcp, ip = angles
        return [bend(flexion, spread, twist), bend(mcp), bend(ip), np.eye(3)]
    cup, spread, mcp, pip, dip = angles
    return [bend(cup), bend(mcp, spread), bend(pip), bend(dip), np.eye(3)]
