"""The pretrained networks for ports: ``.tflite`` files for other sides, and as ONNX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.export.onnx_file import IR_VERSION, OPSET
from handpose.networks.resizing import resized_file

Array = NDArray[Any]

_IMAGE = "image"
_TO_NCHW, _TO_NHWC = (0, 3, 1, 2), (0, 2, 3, 1)


def sized_network(file: bytes, side: int) -> bytes:
    """A ``.tflite`` network whose input is a square of another side.

    Parameters
    ----------
    file : bytes
        Of one input (1, side, side, 3).
    side : int
        As of `handpose.networks.resizing.resize`.
    """
    from ai_edge_litert import schema_py_generated as schema

    changed = bytearray(resized_file(file, side))  # of which the array below is a view
    graph = schema.Model.GetRootAs(changed).Subgraphs(0)
    graph.Tensors(graph.Inputs(0)).ShapeAsNumpy()[1:3] = side
    return bytes(changed)


def onnx_network(file: bytes, outputs: Sequence[str]) -> bytes:
    """A ``.tflite`` network as ONNX, for any number of images of any side that it can take.

    Weights keep their 16 bits. Input is ``image`` (n, side, side, 3), as in the original.

    Parameters
    ----------
    file : bytes
    outputs : sequence of str
        Their names, in the order of the file.

    Raises
    ------
    ValueError
        If it holds an operator that the pretrained networks do not.
    """
    import onnx

    model = _Converter(file, outputs).model()
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


class _Converter:
    """Layers of one network, with channels before rows and columns as ONNX wants them."""

    def __init__(self, file: bytes, outputs: Sequence[str]):
        from ai_edge_litert import schema_py_generated as schema
        from onnx import helper, numpy_helper

        self.schema, self._helper, self._numpy = schema, helper, numpy_helper
        root = schema.Model.GetRootAs(file, 0)
        self._file: Any = schema.ModelT.InitFromObj(root)
        self._graph = self._file.subgraphs[0]
        kinds = vars(schema.BuiltinOperator).items()
        self._kinds = {number: name for name, number in kinds if not name.startswith("_")}
        self._casts: list[Any] = []
        self._nodes: list[Any] = []
        self._kept: dict[str, Any] = {}
        self._constants = self._read_constants()
        self._names = {self._graph.inputs[0]: self.node("Transpose", [_IMAGE], perm=_TO_NCHW)}
        for operator in self._graph.operators:
            self._convert(operator)
        for tensor, name in zip(self._graph.outputs, outputs, strict=True):
            self._nodes.append(self._helper.make_node("Identity", [self._names[tensor]], [name]))
        self._outputs = dict(zip(outputs, self._graph.outputs, strict=True))

    def model(self) -> Any:
        """The converted network."""
        helper = self._helper
        float32 = helper.np_dtype_to_tensor_dtype(np.dtype(np.float32))

        def info(name: str, shape: Sequence[Any]) -> Any:
            return helper.make_tensor_value_info(name, float32, ["n", *shape])

        given = info(_IMAGE, ["side", "side", 3])
        found = []
        for name, tensor in self._outputs.items():
            *middle, last = self.shape(tensor)[1:]
            found.append(info(name, [*("anchors" for _ in middle), last]))
        nodes, kept = self._casts + self._nodes, list(self._kept.values())
        graph = helper.make_graph(nodes, "network", [given], found, kept)
        opsets = [helper.make_opsetid("", OPSET)]
        return helper.make_model(
            graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="handpose"
        )

    def node(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Add a node; the name of its result."""
        name = f"v{len(self._nodes)}"
        self._nodes.append(self._helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def weights(self, array: Array) -> str:
        """A constant; 16-bit numbers stay so, and runtimes widen them when they load."""
        array = np.ascontiguousarray(array)
        name = f"w{len(self._kept)}"
        self._kept[name] = self._numpy.from_array(array, name)
        if array.dtype != np.float16:
            return name
        wide = f"{name}_wide"
        float32 = self._helper.np_dtype_to_tensor_dtype(np.dtype(np.float32))
        self._casts.append(self._helper.make_node("Cast", [name], [wide], to=float32))
        return wide

    def constant(self, tensor: int) -> Array:
        """The numbers of a tensor that are in the file."""
        return self._constants[tensor]

    def shape(self, tensor: int) -> list[int]:
        """Of a tensor, for the network's own side."""
        return [int(size) for size in self._graph.tensors[tensor].shape]

    def is_image(self, tensor: int) -> bool:
        """Whether it has rows, columns and channels."""
        return len(self.shape(tensor)) == 4

    def name(self, tensor: int) -> str:
        """The result that a tensor is, or a constant."""
        if tensor not in self._names:
            self._names[tensor] = self.weights(self.constant(tensor))
        return self._names[tensor]

    def padding(self, options: Any) -> str:
        """How a layer pads its input."""
        same = options.padding == self.schema.Padding.SAME
        return "SAME_UPPER" if same else "VALID"

    def _read_constants(self) -> dict[int, Array]:
        types = self.schema.TensorType
        dtypes = {
            types.FLOAT32: np.float32,
            types.FLOAT16: np.float16,
            types.INT32: np.int32,
        }
        found = {}
        for place, tensor in enumerate(self._graph.tensors):
            data = self._file.buffers[tensor.buffer].data
            if data is not None and len(data):
                numbers = np.frombuffer(bytes(data), dtypes[tensor.type])
                found[place] = numbers.reshape(tensor.shape if tensor.shape is not None else ())
        return found

    def _convert(self, operator: Any) -> None:
        code = self._file.operatorCodes[operator.opcodeIndex]
        kind = self._kinds[max(code.builtinCode, code.deprecatedBuiltinCode)]
        inputs, output = list(operator.inputs), operator.outputs[0]
        if kind == "DEQUANTIZE":
            self._constants[output] = self.constant(inputs[0])
            return
        if kind not in _LAYERS:
            raise ValueError(f"a network with the operator {kind} cannot be converted")
        options = operator.builtinOptions
        found = _LAYERS[kind](self, inputs, output, options)
        self._names[output] = self._activated(found, options)

    def _activated(self, name: str, options: Any) -> str:
        functions = self.schema.ActivationFunctionType
        function = getattr(options, "fusedActivationFunction", functions.NONE)
        if function == functions.NONE:
            return name
        if function == functions.RELU:
            return self.node("Relu", [name])
        if function == functions.RELU6:
            bounds = [self.weights(np.array(bound, np.float32)) for bound in (0, 6)]
            return self.node("Clip", [name, *bounds])
        raise ValueError(f"a network with the activation {function} cannot be converted")


Tensors = list[int]


def _convolution(net: _Converter, x: Tensors, output: int, options: Any) -> str:
    return _convolved(net, x, options, net.constant(x[1]).transpose(0, 3, 1, 2), 1)


def _depthwise(net: _Converter, x: Tensors, output: int, options: Any) -> str:
    kernel = net.constant(x[1]).transpose(3, 0, 1, 2)
    return _convolved(net, x, options, kernel, len(kernel))


def _convolved(net: _Converter, x: Tensors, options: Any, kernel: Array, groups: int) -> str:
    return net.node(
        "Conv",
        [net.name(x[0]), net.weights(kernel), net.weights(net.constant(x[2]))],
        auto_pad=net.padding(options),
        strides=[options.strideH, options.strideW],
        dilations=[options.dilationHFactor, options.dilationWFactor],
        group=groups,
        kernel_shape=list(kernel.shape[2:]),
    )


def _prelu(net: _Converter, x: Tensors, output: int, options: Any) -> str:
    slopes = net.constant(x[1]).reshape(-1, 1, 1)
    return net.node("PRelu", [net.name(x[0]), net.weights(slopes)])


def _add(net: _Converter, x: Tensors, output: int, options: Any) -> str:
    return net.node("Add", [net.name(tensor) for tensor in x])


def _pool(net: _Converter, x: Tensors, output: int, options: Any) -> str:
    return net.node(
        "MaxPool",
        [net.name(x[0])],
        auto_pad=net.padding(options),
        strides=[options.strideH, options.strideW],
        kernel_shape=[options.filterHeight, options.filterWidth],
    )


def _pad(net: _Converter, x: Tensors, output: int, options: Any) -> str:
    before, after = net.constant(x[1])[list(_TO_NCHW)].T
    pads = np.concatenate([before, after]).astype(np.int64)
    return net.node("Pad", [net.name(x[0]), net.weights(pads)])


def _upsampled(net: _Converter, x: Tensors, output: int, options: Any) -> str:
    sizes = [(net.shape(output)[axis], net.shape(x[0])[axis]) for axis in (1, 2)]
    scales = np.array([1, 1, *(after / before for after, before in sizes)], np.float32)
    centred = "half_pixel" if options.halfPixelCenters else "asymmetric"
    mode = "align_corners" if options.alignCorners else centred
    return net.node(
        "Resize",
        [net.name(x[0]), "", net.weights(scales)],
        mode="linear",
        coordinate_transformation_mode=mode,
    )


def _reshaped(net: _Converter, x: Tensors, output: int, options: Any) -> str:
    name = net.name(x[0])
    if net.is_image(x[0]):
        name = net.node("Transpose", [name], perm=_TO_NHWC)
    shape = np.array([0, -1, *net.shape(output)[2:]], np.int64)
    return net.node("Reshape", [name, net.weights(shape)])


def _joined(net: _Converter, x: Tensors, output: int, options: Any) -> str:
    axis = options.axis % len(net.shape(output))
    axis = _TO_NCHW.index(axis) if net.is_image(output) else axis
    return net.node("Concat", [net.name(tensor) for tensor in x], axis=axis)


def _mean(net: _Converter, x: Tensors, output: int, options: Any) -> str:
    axes = [_TO_NCHW.index(axis) for axis in net.constant(x[1]).ravel().tolist()]
    return net.node("ReduceMean", [net.name(x[0])], axes=axes, keepdims=int(options.keepDims))


def _connected(net: _Converter, x: Tensors, output: int, options: Any) -> str:
    name = net.name(x[0])
    if len(net.shape(x[0])) != 2:
        name = net.node("Flatten", [name])
    weights = [net.weights(net.constant(tensor)) for tensor in x[1:]]
    return net.node("Gemm", [name, *weights], transB=1)


def _logistic(net: _Converter, x: Tensors, output: int, options: Any) -> str:
    return net.node("Sigmoid", [net.name(x[0])])


_LAYERS: dict[str, Callable[[_Converter, Tensors, int, Any], str]] = {
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise,
    "PRELU": _prelu,
    "ADD": _add,
    "MAX_POOL_2D": _pool,
    "PAD": _pad,
    "RESIZE_BILINEAR": _upsampled,
    "RESHAPE": _reshaped,
    "CONCATENATION": _joined,
    "MEAN": _mean,
    "FULLY_CONNECTED": _connected,
    "LOGISTIC": _logistic,
}
"""Operators of the pretrained networks. In a name, image tensors have channels first."""
