//===- StepLoopOps.td - what happens in a step ------------------------------------===//
#ifndef BDC_STEP_LOOP_OPS
#define BDC_STEP_LOOP_OPS

include "step/StepBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def LoopOp : Step_Op<"loop", [SingleBlock]> {
  let summary = "The time loop; its block is one step";
  let description = [{
    `step.loop [@"E.v", @"E.g"] { ^bb0(%v: !step.array<…>, %g: …): … step.next %v1, %g1 }`: block arguments are the listed states at the
    beginning of the step, the terminator's operands their values at its end. `reverse` runs the steps backwards (adjoints). A program has
    one loop without a role, its simulation; others have one, which names the function of runtime/abi.h that they become (`as "tape"`).
  }];
  let arguments = (ins FlatSymbolRefArrayAttr:$states, UnitAttr:$reverse, OptionalAttr<StrAttr>:$role);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "(`reverse` $reverse^)? (`as` $role^)? $states $body attr-dict";
  let hasVerifier = 1;
}

def NextOp : Step_Op<"next", [Pure, Terminator, HasParent<"LoopOp">]> {
  let summary = "The states at the end of the step";
  let description = [{
    Recordings are sampled then, from what a thread has computed itself as a rule. `sampled after`: what other threads must have done before, where
    a recording reads what is theirs. Phases may wait for the sampling too: it counts as one more phase, behind the last.
  }];
  let arguments = (ins Variadic<Step_Array>:$states, OptionalAttr<TypedArrayAttrBase<Step_Wait, "waits">>:$after);
  let assemblyFormat = "($states^ `:` type($states))? (`sampled` `after` $after^)? attr-dict";
  let builders = [OpBuilder<(ins "::mlir::ValueRange":$states), [{ build($_builder, $_state, states, ::mlir::ArrayAttr()); }]>];
}

def ReadOp : Step_Op<"read", [Pure]> {
  let summary = "Reads a scalar of the program";
  let arguments = (ins FlatSymbolRefAttr:$scalar);
  let results = (outs Bd_Quantity:$result);
  let assemblyFormat = "$scalar attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def ElementOp : Step_Op<"element", [Pure]> {
  let summary = "This element's value of a state (in `init`, `record` and edge regions)";
  let arguments = (ins FlatSymbolRefAttr:$state);
  let results = (outs AnyScalar:$result);
  let assemblyFormat = "$state attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def HoldStepsOp : Step_Op<"hold_steps", [Pure]> {
  let summary = "The counter that holds a state for a time";
  let description = [{
    round(duration / dt) + 1, or 0 where that is less than a step. A counter above 1 means held, 1 means released in this step (a
    condition then counts as not having held before), 0 free; it counts down once per step.
  }];
  let arguments = (ins Bd_Quantity:$duration);
  let results = (outs I32:$count);
  let assemblyFormat = "$duration attr-dict `:` type($duration)";
}

def MapOp : Step_Op<"map", [SingleBlock]> {
  let summary = "A scalar region applied to every element of a space";
  let description = [{
    `%v1, %s = step.map @E (%v, %g : …) { ^bb0(%a: !bd.q<"mV">, %b: …): … bd.yield %x, %y : … } -> …`. The region may read scalars, the time,
    the index and random values; everything else comes through operands. Elements are independent. An operand lies on the map's own space, or on
    one that is `single`: then each element gets its one value.
    `every`: a scalar, a whole number n. The map then happens in every n-th step of the run alone (steps n − 1, 2n − 1, … counted from 0: at the
    end of n steps). In the others its results are its first inputs, as many as it has results.
  }];
  let arguments = (ins FlatSymbolRefAttr:$space, Variadic<Step_Array>:$inputs, OptionalAttr<FlatSymbolRefAttr>:$every);
  let results = (outs Variadic<Step_Array>:$outputs);
  let builders = [OpBuilder<(ins "::mlir::TypeRange":$types, "::mlir::FlatSymbolRefAttr":$space, "::mlir::ValueRange":$inputs),
                            [{ build($_builder, $_state, types, space, inputs, ::mlir::FlatSymbolRefAttr()); }]>];
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$space (`every` $every^)? (`(` $inputs^ `:` type($inputs) `)`)? $body attr-dict (`->` type($outputs)^)?";
  let hasVerifier = 1;
}

def OdeOp : Step_Op<"ode", [SingleBlock, AttrSizedOperandSegments]> {
  let summary = "Advances the states of a space by one step of an integrator";
  let description = [{
    `%v1, %g1 = step.ode "rk4" @E [%v, %g : …] (%I : …) { ^bb0(%v, %g, %I): … bd.yield %dv, %dg }`: the region gives the derivatives (in the
    order of the states) from the states and from values held over the step. `step-integrate` turns it into a map.
    `every`: a scalar, a whole number n. The states are then advanced in every n-th step alone, as a map would be, by n steps at once; in the
    others they stay as they are.
  }];
  let arguments = (ins StrAttr:$method, FlatSymbolRefAttr:$space, Variadic<Step_Array>:$states, Variadic<Step_Array>:$held,
                       OptionalAttr<FlatSymbolRefAttr>:$every);
  let results = (outs Variadic<Step_Array>:$next);
  let builders = [OpBuilder<(ins "::mlir::TypeRange":$types, "::mlir::StringAttr":$method, "::mlir::FlatSymbolRefAttr":$space,
                                 "::mlir::ValueRange":$states, "::mlir::ValueRange":$held),
                            [{ build($_builder, $_state, types, method, space, states, held, ::mlir::FlatSymbolRefAttr()); }]>];
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $method $space (`every` $every^)? `[` $states `:` type($states) `]` (`(` $held^ `:` type($held) `)`)? $body attr-dict `->` type($next)
  }];
  let hasVerifier = 1;
}

def DeliverOp : Step_Op<"deliver", [SingleBlock]> {
  let summary = "Applies the events that are due to the states of their targets";
  let description = [{
    `%g1 = step.deliver @"E.spikes" through @graph (%g : …) { ^bb0(%a: q, %w: q): … bd.yield %b }`: for every due event and every edge of its
    source, in canonical source order per target. Due now are the events emitted one step and the graph's delay ago. The last region argument is
    the weight of the edge. With per-edge delays (`slots`) the operand is a ring (a state with rows): the value is added into the row of the step
    in which it is due, and the region must yield its argument plus something that depends on the weight alone.
  }];
  let arguments = (ins FlatSymbolRefAttr:$queue, FlatSymbolRefAttr:$graph, Variadic<Step_Array>:$states, UnitAttr:$slots);
  let results = (outs Variadic<Step_Array>:$next);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "(`slots` $slots^)? $queue `through` $graph `(` $states `:` type($states) `)` $body attr-dict `->` type($next)";
  let hasVerifier = 1;
}

def TakeOp : Step_Op<"take"> {
  let summary = "Takes the row of a ring that is due now, and clears it";
  let description = "For rings filled by `step.deliver slots`: the row of the current step; the second result is the ring without it.";
  let arguments = (ins Step_Array:$ring);
  let results = (outs Step_Array:$due, Step_Array:$rest);
  let assemblyFormat = "$ring attr-dict `:` type($ring) `->` type($due) `,` type($rest)";
  let hasVerifier = 1;
}

def EmitOp : Step_Op<"emit"> {
  let summary = "Lists the elements whose mask is set: the events of this step";
  let description = "`indicator`: the same as numbers, 1 and 0, through which gradients see the events (`bd.indicator`).";
  let arguments = (ins Step_Array:$mask, FlatSymbolRefAttr:$queue, Optional<Step_Array>:$indicator);
  let assemblyFormat = "$mask `to` $queue (`indicator` $indicator^ `:` type($indicator))? attr-dict `:` type($mask)";
  let hasVerifier = 1;
}

def CountOp : Step_Op<"count"> {
  let summary = "How many events of this step a queue lists, as an array with one element";
  let description = "Those of the `step.emit` that stand before it.";
  let arguments = (ins FlatSymbolRefAttr:$queue);
  let results = (outs Step_Array:$count);
  let assemblyFormat = "$queue attr-dict `->` type($count)";
  let hasVerifier = 1;
}

def PushOp : Step_Op<"push"> {
  let summary = "Writes this step's values into a ring of past values";
  let description = "Row (step mod rows) of the ring; the result is the ring with it.";
  let arguments = (ins Step_Array:$ring, Step_Array:$value);
  let results = (outs Step_Array:$next);
  let assemblyFormat = "$value `into` $ring attr-dict `:` type($value) `,` type($ring) `->` type($next)";
  let hasVerifier = 1;
}

def ContractOp : Step_Op<"contract", [SingleBlock, AttrSizedOperandSegments]> {
  let summary = "A sum over the incoming edges of every target, in source order";
  let description = [{
    `%c = step.contract @graph (past %ring : …) (%target… : …) { ^bb0(%w: q, %x: q, %t: q): … bd.yield %term }`: the region gives one edge's term from
    its weight, the source's values (rings are read the edge's delay ago: row of step − 1 − delay; plain arrays now) and the target's values.
    `transposed` sums over outgoing edges instead (adjoints).
    Order of the sum: edges with a delay of at least 7 steps first, then the others, each in the order of their sources as four sums (of every
    fourth edge) that are added as (s0 + s1) + (s2 + s3). Where no source is a ring and the other ends of a row lie
    within less than twice their number: as sixteen sums, each added to the one eight further, then four, two, one.
    `ahead`: a ring of 8 rows by element in which the sums over the edges of the first kind are kept for 8 steps at once; the region then has no
    target values, time or random numbers, and the source is a ring by element. Where the region reads no source either, it is the whole sum that is kept.
    `every @n else %before`: only in every n-th step, as a map; in the others the result is `before`.
    `mixed n` (transposed, delays interpolated): the region's last n arguments are values of the element as the edge's other end felt them, and the
    last 3·n targets are, for each, its values a step before, now and a step after; each edge adds its terms of two steps, in the parts in which
    these felt it.
    `rates`: positions of sources (rings) of which the change per time is read instead: (value − value a step before) / dt.
    `each %parts` (transposed): nothing is summed. What an edge's term says is added to its own number in `parts`, in double precision, which lie in the
    order of the edges by source; the result is `parts`. Rings are read at the whole steps of the delay, whatever is interpolated; with
    `mixed n` the region's last n arguments are again what the edge's other end felt of the element, and the last 2·n targets are values a step
    before and now.
  }];
  let arguments = (ins FlatSymbolRefAttr:$graph, Variadic<Step_Array>:$sources, Variadic<Step_Array>:$targets, UnitAttr:$transposed,
                       OptionalAttr<FlatSymbolRefAttr>:$ahead, DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$rates, DefaultValuedAttr<I64Attr, "0">:$mixed,
                       Optional<Step_Array>:$before, OptionalAttr<FlatSymbolRefAttr>:$every, Optional<Step_Array>:$parts);
  let results = (outs Step_Array:$sum);
  let builders = [OpBuilder<(ins "::mlir::Type":$sum, "::mlir::FlatSymbolRefAttr":$graph, "::mlir::ValueRange":$sources,
                                 "::mlir::ValueRange":$targets, "::mlir::UnitAttr":$transposed, "::mlir::FlatSymbolRefAttr":$ahead,
                                 CArg<"::mlir::DenseI64ArrayAttr", "{}">:$rates, CArg<"int64_t", "0">:$mixed),
                            [{ build($_builder, $_state, sum, graph, sources, targets, transposed, ahead,
                                     rates ? rates : $_builder.getDenseI64ArrayAttr({}), $_builder.getI64IntegerAttr(mixed), ::mlir::Value(), ::mlir::FlatSymbolRefAttr(),
                                     ::mlir::Value()); }]>];
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    (`transposed` $transposed^)? $graph `sources` `(` $sources `:` type($sources) `)` (`targets` `(` $targets^ `:` type($targets) `)`)?
    (`ahead` $ahead^)? (`rates` $rates^)? (`mixed` $mixed^)? (`every` $every^ `else` $before `:` type($before))? (`each` $parts^ `:` type($parts))? $body
    attr-dict `->` type($sum)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Whether the sum is the same in every step: its terms say nothing of sources, targets, time or random numbers.
    bool isStill();
  }];
}

def ReduceOp : Step_Op<"reduce"> {
  let summary = "Sum of an array, by fixed blocks and a fixed tree, as an array with one element";
  let arguments = (ins Step_Array:$input);
  let results = (outs Step_Array:$sum);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($sum)";
}

def SaveOp : Step_Op<"save"> {
  let summary = "Keeps this step's value of an array in a store (a state with a row per step)";
  let arguments = (ins Step_Array:$value, FlatSymbolRefAttr:$store);
  let assemblyFormat = "$value `in` $store attr-dict `:` type($value)";
}

def RestoreOp : Step_Op<"restore"> {
  let summary = "The value that was saved in this step";
  let arguments = (ins FlatSymbolRefAttr:$store);
  let results = (outs Step_Array:$value);
  let assemblyFormat = "$store attr-dict `:` type($value)";
}

def GivenOp : Step_Op<"given"> {
  let summary = "What the host says of the sample that is due at the end of this step; zeros where none is";
  let description = [{
    The table is a state with rows: row 0 is zero, and sample k (of step k · interval, counted from 1) lies in row 1 + k mod (rows - 1). Adjoints of
    what an objective observes come so into the loop.
  }];
  let arguments = (ins FlatSymbolRefAttr:$table, FlatSymbolRefAttr:$interval);
  let results = (outs Step_Array:$value);
  let assemblyFormat = "$table `at` `every` $interval attr-dict `:` type($value)";
  let hasVerifier = 1;
}

def PhaseOp : Step_Op<"phase", [SingleBlock]> {
  let summary = "Work over one index space";
  let description = [{
    Made by `step-schedule`: operations of the loop that run together over one space, ended by `bd.yield` of the values that other phases or the
    next step need. A phase holds either one operation that follows edges or sums (`deliver`, `contract`, `reduce`, `count`) or operations on single
    elements, which become one loop. With `every` it happens in every n-th step alone; its results then lie where their values in other steps do.
    `step-allocate` adds the state in which each result lies (`slots`), lists the states that are read and written, and says what all other threads
    must have finished before a thread may begin (`after`) that is not known from what it has waited for before. What does not happen in every
    step waits, and is waited for, only where it happens.
  }];
  let arguments = (ins FlatSymbolRefAttr:$space, OptionalAttr<TypedArrayAttrBase<Step_Wait, "waits">>:$after, OptionalAttr<FlatSymbolRefArrayAttr>:$slots,
                       OptionalAttr<FlatSymbolRefArrayAttr>:$reads, OptionalAttr<FlatSymbolRefArrayAttr>:$writes,
                       OptionalAttr<FlatSymbolRefAttr>:$every);
  let results = (outs Variadic<Step_Array>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $space (`every` $every^)? (`after` $after^)? (`reads` $reads^)? (`writes` $writes^)? $body (`slots` $slots^)? attr-dict (`->` type($outputs)^)?
  }];
  let hasVerifier = 1;
}

#endif
