"""Sums that stay in the processor's registers: what numba makes of such a loop writes them to memory at every step."""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

BLOCK = 96
"""Numbers that are summed side by side: twelve of the sixteen registers of AVX2 hold them. Fewer in several rounds take
longer, because each round looks up the rows anew."""
_LANES = 8
_I32, _I64, _F32 = ir.IntType(32), ir.IntType(64), ir.FloatType()
_VECTOR = ir.VectorType(_F32, _LANES)
_UNALIGNED = 4
"""Bytes: arrays begin at any number."""


def _add_rows(_: Any, factors: Any, offsets: Any, n_rows: Any, rows: Any, sums: Any) -> Any:  # noqa: ARG001
    """Add to `BLOCK` sums as many numbers of some rows, each row times its factor, one row after the other.

    Products are not rounded before they are added, as in matrix products. All arguments but `n_rows` are addresses
    (`array.ctypes.data`): of the factors, float32; of where each row begins, uint32, in numbers from `rows` on; of the
    rows and of the sums, float32.
    """
    return types.void(types.uintp, types.uintp, types.intp, types.uintp, types.uintp), _write_loop


add_rows: Any = intrinsic(_add_rows)
"""The function for compiled code."""


def _write_loop(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
    factors, offsets, n_rows, rows, sums = arguments
    factors, offsets, rows, sums = (
        builder.inttoptr(address, kind.as_pointer())
        for address, kind in ((factors, _F32), (offsets, _I32), (rows, _F32), (sums, _VECTOR))
    )
    add = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(_VECTOR, [_VECTOR] * 3), f"llvm.fma.v{_LANES}f32"
    )
    before, loop, after = builder.block, builder.append_basic_block(), builder.append_basic_block()
    places = [builder.gep(sums, [_I64(part)]) for part in range(BLOCK // _LANES)]
    first = [builder.load(place, align=_UNALIGNED) for place in places]
    builder.cbranch(builder.icmp_signed(">", n_rows, _I64(0)), loop, after)

    builder.position_at_end(loop)
    row, parts = builder.phi(_I64), [builder.phi(_VECTOR) for _ in places]
    factor = _repeated(builder, builder.load(builder.gep(factors, [row])))
    offset = builder.zext(builder.load(builder.gep(offsets, [row])), _I64)
    numbers = builder.bitcast(builder.gep(rows, [offset]), _VECTOR.as_pointer())
    added = []
    for number, part in enumerate(parts):
        some = builder.load(builder.gep(numbers, [_I64(number)]), align=_UNALIGNED)
        added.append(builder.call(add, [factor, some, part]))
    following = builder.add(row, _I64(1))
    builder.cbranch(builder.icmp_signed("<", following, n_rows), loop, after)
    for phi, start, end in zip([row, *parts], [_I64(0), *first], [following, *added], strict=True):
        phi.add_incoming(start, before)
        phi.add_incoming(end, loop)

    builder.position_at_end(after)
    results = [builder.phi(_VECTOR) for _ in places]
    for place, result, start, end in zip(places, results, first, added, strict=True):
        result.add_incoming(start, before)
        result.add_incoming(end, loop)
        builder.store(result, place, align=_UNALIGNED)
    return context.get_dummy_value()


def _repeated(builder: Any, number: Any) -> Any:
    """Give a vector of one number."""
    undefined = ir.Constant(_VECTOR, ir.Undefined)
    first = builder.insert_element(undefined, number, _I32(0))
    return builder.shuffle_vector(first, undefined, ir.Constant(ir.VectorType(_I32, _LANES), [0] * _LANES))
