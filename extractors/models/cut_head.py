"""Cut the published PP-OCRv6 small recognition model to the signs of a US form: where training starts.

The published net knows 18,708 signs; a US form holds 95. Copying the rows of blank and printable ASCII out
of the last layer gives the same answers at two thirds of the size and time. Run once by whoever updates the
model, with ``onnx`` and ``onnxruntime`` at hand (neither is needed in use beyond onnxruntime)::

    python -m extractors.models.cut_head PP-OCRv6_rec_small.onnx untuned.onnx
    python -m extractors.models.cut_head PP-OCRv6_rec_small.onnx small_int8.onnx --calibrate CROPS_FOLDER

The second form also makes the 1 x 1 convolutions 8 bit (static, a scale for every channel), with the ranges
of activations taken from PNG crops that were cut as the pipeline cuts them. A third of the size and a quarter
faster, but on the published weights handwriting lost 2.7 points of 72.7 (all layers 8 bit: 9.4), so the whole
numbers are shipped.
"""

import argparse
import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from extractors.readers.ctc import ALPHABET
from extractors.readers.ppocr import net_input


def cut_head(model: Any) -> Any:
    """Keep blank and printable ASCII of the last layer, in the order of ``ALPHABET``.

    Args:
        model: the published ``onnx.ModelProto``: classes are blank, its dictionary, space.

    Returns:
        The same model, changed in place: output 1 x steps x 96.

    Raises:
        ValueError: the graph does not end in MatMul, Add, Softmax over the dictionary's classes.
    """
    from onnx import numpy_helper  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    dictionary = next(entry.value for entry in model.metadata_props if entry.key == "character").split("\n")
    classes = ["", *dictionary, " "]
    rows = [0, *(classes.index(letter) for letter in ALPHABET)]
    cut = 0
    for tensor in model.graph.initializer:
        if tensor.dims and tensor.dims[-1] == len(classes):
            kept = np.ascontiguousarray(numpy_helper.to_array(tensor)[..., rows])
            tensor.CopyFrom(numpy_helper.from_array(kept, tensor.name))
            cut += 1
    if cut != 2 or model.graph.node[-1].op_type != "Softmax":
        message = (
            "This is not the published recognizer: expected one head of weights and bias before a softmax."
        )
        raise ValueError(message)
    model.graph.output[0].type.tensor_type.shape.dim[2].dim_value = len(rows)
    del model.graph.value_info[:]  # the shapes noted there are those of the whole head
    del model.metadata_props[:]
    entry = model.metadata_props.add()
    entry.key, entry.value = "letters", ALPHABET
    return model


class CropFolder:
    """Calibration crops, one at a time, in the shape that onnxruntime's quantizer asks for."""

    def __init__(self, folder: Path) -> None:
        self._crops = self._read(folder)

    @staticmethod
    def _read(folder: Path) -> Iterator[dict[str, Any]]:
        for path in sorted(folder.glob("*.png")):
            yield {"x": net_input(np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8))}

    def get_next(self) -> dict[str, Any] | None:
        """The next crop as net input, or none after the last."""
        return next(self._crops, None)


def quantize(source: Path, target: Path, crops: Path) -> None:
    """Write a copy of ``source`` with 8 bit 1 x 1 convolutions; ``crops`` holds those to calibrate on."""
    import onnx  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
    from onnxruntime import quantization  # noqa: PLC0415
    from onnxruntime.quantization.shape_inference import quant_pre_process  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(source, prepared, skip_symbolic_shape=True)
        graph = onnx.load(prepared).graph
        kernels = {tensor.name: tuple(tensor.dims[2:]) for tensor in graph.initializer}
        dense = [n.name for n in graph.node if n.op_type == "Conv" and kernels.get(n.input[1]) == (1, 1)]
        quantization.quantize_static(
            prepared,
            target,
            CropFolder(crops),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            nodes_to_quantize=dense,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
        )


def main() -> None:
    """Read the arguments, write the model, print its SHA-256."""
    import onnx  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
    from onnx import version_converter  # noqa: PLC0415

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("source", type=Path, help="the published recognition model")
    parser.add_argument("target", type=Path, help="where to write the model that is shipped")
    parser.add_argument("--calibrate", type=Path, help="folder of PNG crops; makes an 8 bit model")
    options = parser.parse_args()
    model = cut_head(onnx.load(options.source))
    if options.calibrate:
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder) / "cut.onnx"
            # 13 is the first operator set whose 8 bit weights may have a scale for every channel.
            onnx.save(version_converter.convert_version(model, 13), whole)
            quantize(whole, options.target, options.calibrate)
    else:
        onnx.save(model, options.target)
    print(options.target.name, hashlib.sha256(options.target.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
