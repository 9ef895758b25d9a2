"""The rigged right hand of the WebXR input profiles: load it, pose it, find its keypoints.

The frame, in metres: x right, y down, z away from the viewer, the fingers up and the palm towards
the viewer, so that the thumb is on the right.
"""

import hashlib
from pathlib import Path

import numpy as np
import pygltflib
import pyvista as pv

SHA256 = "291790c14f7f88a7f9bd35330c47392ed8e8d395ae6728f4bb7089f1bc1f2b96"
CHAINS = {
    "thumb": [1, 2, 3, 4],
    "index": [5, 6, 7, 8, 9],
    "middle": [10, 11, 12, 13, 14],
    "ring": [15, 16, 17, 18, 19],
    "pinky": [20, 21, 22, 23, 24],
}
# MediaPipe has no landmark at the base of the four metacarpals.
MEDIAPIPE = [0, 1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17, 18, 19, 21, 22, 23, 24]
# The mesh has its fingers along -y, its palm towards -x and its thumb at -z.
FROM_GLTF = np.array([[0.0, 0, -1], [0, 1, 0], [1, 0, 0]])
# The mesh is slender, and subdivision shrinks it: metres to add all over.
FLESH = 0.001
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
    """A rigged right hand.

    Parameters
    ----------
    path : Path
        ``right.glb`` of the profile ``generic-hand``.

    Attributes
    ----------
    vertices, normals : ndarray of shape (n, 3)
        The hand at rest.
    faces : ndarray of shape (m, 3)
    weights : ndarray of shape (n, 25)
        How much each vertex follows each joint.
    joints : ndarray of shape (25, 3)
        Wrist, thumb (4), then five a finger: the order of `CHAINS`.
    axes : ndarray of shape (25, 3, 3)
        The joints' own axes, as columns.
    """

    def __init__(self, path: Path) -> None:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != SHA256:
            raise ValueError(f"{path}: expected SHA-256 {SHA256} but got {found}")
        gltf = pygltflib.GLTF2().load(str(path))
        skin, part = gltf.skins[0], gltf.meshes[0].primitives[0]
        nodes = [gltf.nodes[j] for j in skin.joints]
        rest = np.tile(np.eye(4), (len(nodes), 1, 1))
        rest[:, :3, :3] = [quaternion_matrix(node.rotation) for node in nodes]
        rest[:, :3, 3] = [node.translation for node in nodes]
        self.joints = rest[:, :3, 3] @ FROM_GLTF.T
        self.axes = FROM_GLTF @ rest[:, :3, :3]

        inverse_bind = read_accessor(gltf, skin.inverseBindMatrices).reshape(-1, 4, 4)
        skinning = rest @ inverse_bind.transpose(0, 2, 1)
        bound = read_accessor(gltf, part.attributes.POSITION)
        owners = read_accessor(gltf, part.attributes.JOINTS_0)
        weights = np.zeros((len(bound), len(nodes)))
        np.add.at(
            weights,
            (np.arange(len(bound))[:, None], owners),
            read_accessor(gltf, part.attributes.WEIGHTS_0),
        )
        vertices = np.einsum("nk,kij,nj->ni", weights, skinning, np.c_[bound, np.ones(len(bound))])
        faces = read_accessor(gltf, part.indices).reshape(-1, 3)
        self._read_surface(vertices[:, :3] @ FROM_GLTF.T, faces, weights)

    def _read_surface(self, vertices: np.ndarray, faces: np.ndarray, weights: np.ndarray) -> None:
        # The mesh is cut along its texture's seams, which would show: weld it.
        _, first, welded = np.unique(
            vertices.round(6), axis=0, return_index=True, return_inverse=True
        )
        coarse = pv.PolyData.from_regular_faces(vertices[first], welded.ravel()[faces])
        coarse["weights"] = weights[first]
        fine = coarse.subdivide(2, "loop")
        self.faces = fine.regular_faces
        self.weights = np.array(fine["weights"])
        self.normals = np.array(fine.point_normals, dtype=float)
        self.vertices = fine.points + FLESH * self.normals

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
        turns = np.tile(np.eye(3), (len(joints), 1, 1))
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
