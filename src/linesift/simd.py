"""Loops over vectors, written for LLVM: what numba makes of them takes twice as long.

It would keep sums in memory at every step, where these stay in the processor's registers.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

BLOCK = 96
"""Numbers that are summed side by side: twelve of the sixteen registers of AVX2 hold them, or six of AVX-512. Fewer in
several rounds take longer, because each round looks for the rows anew."""
MARKED = 32
"""Numbers that are marked at once."""
_LANES = 16
"""Numbers of a vector; where registers hold half as many, LLVM takes two for each."""
_BIT, _I32, _I64, _F32 = ir.IntType(1), ir.IntType(32), ir.IntType(64), ir.FloatType()
_VECTOR = ir.VectorType(_F32, _LANES)
_UNALIGNED = 4
"""Bytes: arrays begin at any number."""


def _add_rows(_: Any, factors: Any, marks: Any, rows: Any, size: Any, sums: Any) -> Any:  # noqa: ARG001
    """Add to `BLOCK` sums as many numbers of some rows, each row times its factor, one row after the other.

    Products are not rounded before they are added, as in matrix products. Rows are marked by the bits of a uint64, from
    the lowest on; `size` is that of a row, in bytes. All other arguments are addresses (`array.ctypes.data`) of
    float32: of the factors, one for each bit; of the first row; and of the sums.
    """
    return types.void(types.uintp, types.uint64, types.uintp, types.intp, types.uintp), _write_loop


def _mark(_: Any, numbers: Any) -> Any:  # noqa: ARG001
    """Give a uint64 with a bit for each of `MARKED` numbers that is not 0; `numbers` is their address, float32."""
    return types.uint64(types.uintp), _write_comparison


def _multiply_add(_: Any, one: Any, other: Any, added: Any) -> Any:
    """Multiply two numbers and add a third one, without rounding in between; all float32."""
    return types.float32(one, other, added), lambda _context, builder, _signature, numbers: builder.fma(*numbers)


add_rows: Any = intrinsic(_add_rows)
mark: Any = intrinsic(_mark)
multiply_add: Any = intrinsic(_multiply_add)


def _write_loop(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
    factors, marks, rows, size, sums = arguments
    factors, sums = (builder.inttoptr(each, kind.as_pointer()) for each, kind in ((factors, _F32), (sums, _VECTOR)))
    lowest = _function(builder, "llvm.cttz.i64", _I64, [_I64, _BIT])
    add = _function(builder, f"llvm.fma.v{_LANES}f32", _VECTOR, [_VECTOR] * 3)
    before, loop, after = builder.block, builder.append_basic_block(), builder.append_basic_block()
    places = [builder.gep(sums, [_I64(part)]) for part in range(BLOCK // _LANES)]
    first = [builder.load(place, align=_UNALIGNED) for place in places]
    builder.cbranch(builder.icmp_unsigned("!=", marks, _I64(0)), loop, after)

    builder.position_at_end(loop)
    left, parts = builder.phi(_I64), [builder.phi(_VECTOR) for _ in places]
    row = builder.call(lowest, [left, _BIT(1)])
    factor = _repeated(builder, builder.load(builder.gep(factors, [row])))
    numbers = builder.inttoptr(builder.add(rows, builder.mul(row, size)), _VECTOR.as_pointer())
    added = []
    for number, part in enumerate(parts):
        some = builder.load(builder.gep(numbers, [_I64(number)]), align=_UNALIGNED)
        added.append(builder.call(add, [factor, some, part]))
    following = builder.and_(left, builder.sub(left, _I64(1)))
    builder.cbranch(builder.icmp_unsigned("!=", following, _I64(0)), loop, after)
    for phi, start, end in zip([left, *parts], [marks, *first], [following, *added], strict=True):
        phi.add_incoming(start, before)
        phi.add_incoming(end, loop)

    builder.position_at_end(after)
    results = [builder.phi(_VECTOR) for _ in places]
    for place, result, start, end in zip(places, results, first, added, strict=True):
        result.add_incoming(start, before)
        result.add_incoming(end, loop)
        builder.store(result, place, align=_UNALIGNED)
    return context.get_dummy_value()


def _write_comparison(_: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
    vector = ir.VectorType(_F32, MARKED)
    numbers = builder.load(builder.inttoptr(arguments[0], vector.as_pointer()), align=_UNALIGNED)
    bits = builder.fcmp_unordered("!=", numbers, ir.Constant(vector, [0.0] * MARKED))
    return builder.zext(builder.bitcast(bits, ir.IntType(MARKED)), _I64)


def _function(builder: Any, name: str, result: Any, arguments: list[Any]) -> Any:
    """Declare a function of LLVM."""
    return cgutils.get_or_insert_function(builder.module, ir.FunctionType(result, arguments), name)


def _repeated(builder: Any, number: Any) -> Any:
    """Give a vector of one number."""
    undefined = ir.Constant(_VECTOR, ir.Undefined)
    first = builder.insert_element(undefined, number, _I32(0))
    return builder.shuffle_vector(first, undefined, ir.Constant(ir.VectorType(_I32, _LANES), [0] * _LANES))
