//===- StepDeclarations.td - what a program consists of ------------------------===//
#ifndef BDC_STEP_DECLARATIONS
#define BDC_STEP_DECLARATIONS

include "step/StepBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def ProgramOp : Step_Op<"program", [Symbol, SymbolTable, IsolatedFromAbove, NoTerminator, SingleBlock]> {
  let summary = "A whole simulation: declarations and one loop";
  let description = [{
    Names of scalars, arrays, … are those the user knows (`@"E.tau"`, `@"E.v"`). Inside any region `step.read @name` reads a scalar.
    Attributes: `network` (its name), `duration`, `discard` (scalar symbols).
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<StrAttr>:$network, OptionalAttr<FlatSymbolRefAttr>:$duration,
                       OptionalAttr<FlatSymbolRefAttr>:$discard);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name (`of` $network^)? (`for` $duration^)? (`discard` $discard^)? attr-dict-with-keyword $body";
}

class Step_Declaration<string mn, list<Trait> traits = []> : Step_Op<mn, !listconcat([Symbol], traits)>;

def ScalarOp : Step_Declaration<"scalar"> {
  let summary = "A number known before the first step: a parameter, or derived from others";
  let description = [{
    `step.scalar settable @"E.tau" : !bd.q<"ms"> { … bd.yield }`. All scalars in order are the function `derive`; a region reads only scalars
    before it. A settable one keeps what was set from outside. `whole`: the run is refused unless its value is a whole number.
    `shown` is the unit for display where it is not that of the type.
    The scalar `@dt` is the step size and comes first.
    The attribute `step.given` names a scalar that the host sets to 1 where it has set this one: derivatives by what it is made of stop there.
    The attribute `step.part` marks what was a part of an expression in a loop, perhaps of a branch that is never taken: it may be no number.
    The attribute `step.merged` marks settings that were equal when the program was made, so that what they belong to was merged: to set one
    from outside, the program is made again with its name in the option `separate` of `bd-flatten`.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type, UnitAttr:$settable, UnitAttr:$whole, OptionalAttr<StrAttr>:$shown);
  let regions = (region MaxSizedRegion<1>:$value);
  let assemblyFormat = "(`settable` $settable^)? (`whole` $whole^)? $sym_name `:` $type ($value^)? attr-dict-with-keyword";
  let hasVerifier = 1;
}

def SpaceOp : Step_Declaration<"space"> {
  let summary = "An index space of run-time size";
  let description = [{
    `apart`: its elements are none of the network, but what follows it, such as sensors; they are not counted with the others. `single`: it has
    one element, and a map, an ode or a region over another space may read an array on it as a value that is the same for all.
    `regions`: the elements are those regions, in their order.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$size, UnitAttr:$apart, UnitAttr:$single, OptionalAttr<FlatSymbolRefAttr>:$regions);
  let builders = [OpBuilder<(ins "::mlir::StringAttr":$name, "::mlir::FlatSymbolRefAttr":$size),
                            [{ build($_builder, $_state, name, size, ::mlir::UnitAttr(), ::mlir::UnitAttr(), ::mlir::FlatSymbolRefAttr()); }]>];
  let assemblyFormat = "(`apart` $apart^)? (`single` $single^)? $sym_name `size` $size (`regions` $regions^)? attr-dict";
  let hasVerifier = 1;
}

def RegionsOp : Step_Declaration<"regions"> {
  let summary = "Some of a connectome's regions, in the order of the connectome";
  let description = [{
    `step.regions @"area.regions" of @SC size @"area.size" except ["label=lV1"]`: those that are picked, or all except those; without picks all.
    A pick is a label, a number ("number=-1" is the last) or a slice ("slice=0:38:1", each part may be left out). The runtime finds them once
    the data are there, and sets the scalar `size`.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$data, FlatSymbolRefAttr:$size, UnitAttr:$except, StrArrayAttr:$picks);
  let assemblyFormat = "$sym_name `of` $data `size` $size (`except` $except^)? $picks attr-dict";
  let hasVerifier = 1;
}

def LabelOp : Step_Op<"label"> {
  let summary = "A scalar that the runtime sets: the position of a label among regions, or among the rows of a matrix";
  let arguments = (ins FlatSymbolRefAttr:$scalar, StrAttr:$label, FlatSymbolRefAttr:$owner);
  let assemblyFormat = "$scalar $label `in` $owner attr-dict";
  let hasVerifier = 1;
}

def StateOp : Step_Declaration<"state"> {
  let summary = "An array that lives from step to step";
  let description = [{
    `step.state @"E.v" : !step.array<!bd.q<"mV">, @E> hidden init { … bd.yield }`: the region gives the initial value of one element
    (scalars, bd.index, bd.random, and per-element states declared before, through `step.element`). Without a region it starts at zero.
    `rows`: a scalar; the array then is a ring of that many rows (past values, pending events by due step). `by_element`: the rows of one element
    lie together, and again behind the last, so that its values at successive steps can be read as one vector.
    The host can give the values of a param, or the initial ones of a state; the region then counts for nothing. The attribute `step.given` names a
    scalar that the host sets to 1 in that case: derivatives stop there.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type, Bd_StateKindAttr:$kind, OptionalAttr<StrAttr>:$shown,
                       OptionalAttr<FlatSymbolRefAttr>:$rows, UnitAttr:$by_element);
  let regions = (region MaxSizedRegion<1>:$initial);
  let assemblyFormat = "$sym_name `:` $type $kind (`rows` $rows^)? (`by_element` $by_element^)? (`init` $initial^)? attr-dict-with-keyword";
  let hasVerifier = 1;
}

def DataOp : Step_Declaration<"data"> {
  let summary = "A connectome: a table of connections that the runtime reads or makes before anything else";
  let description = [{
    `from` goes to the descriptor: `file` or `generator`, `words`, and `arguments` (scalars by name). The runtime sets the scalars `facts`: the
    number of regions, the least and the greatest weight, the least and the greatest length. With `rows`, a scalar for their number, the table is a
    matrix, from its columns (the first fact) to its rows.
    A part of another table has, in place of these, `table` (which), and, where they are not all of it, `rows` and `columns` (step.regions) and
    `row_slice` and `column_slice` (scalars first, last, stride, which count among those). It holds the connections from its columns to its rows, in the
    order of the table, and numbers both from 0.
    `entries`: a space with an element for each of its connections, whose size the runtime sets. `weights`: a param on that space with the weights of the
    table, row by row; what the host gives of it takes the place of the table's weights before anything is made of them. A part with `weights` of
    its own has the weight 0 everywhere as long as the host gives none.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefArrayAttr:$facts, OptionalAttr<FlatSymbolRefAttr>:$rows,
                       OptionalAttr<FlatSymbolRefAttr>:$entries, OptionalAttr<FlatSymbolRefAttr>:$weights, DictionaryAttr:$from);
  let builders = [OpBuilder<(ins "::mlir::StringAttr":$name, "::mlir::ArrayAttr":$facts, "::mlir::FlatSymbolRefAttr":$rows, "::mlir::DictionaryAttr":$from),
                            [{ build($_builder, $_state, name, facts, rows, ::mlir::FlatSymbolRefAttr(), ::mlir::FlatSymbolRefAttr(), from); }]>];
  let assemblyFormat = "$sym_name `facts` $facts (`rows` $rows^)? (`entries` $entries^)? (`weights` $weights^)? `from` $from attr-dict";
  let hasVerifier = 1;
}

def GraphOp : Step_Declaration<"graph"> {
  let summary = "Edges from a space to a space";
  let description = [{
    `rule` and `arguments` (scalars) say how it is drawn: one_to_one, all_to_all, random (p), fixed_in_degree (k), fixed_out_degree (k).
    `key` names the random stream. Slices: scalars first, last, stride. `weight`: a scalar (homogeneous), or a region (per edge; `weight_type`).
    `delay`: a scalar in whole steps (common to all), or a region that yields a time (per edge, rounded to whole steps, between 0 and the
    scalar `max_delay`, in whole steps).
    The rule `connectome` takes the connections of `data`; regions then read `bd.edge`, and `steps` says how a delay becomes steps: nearest, ceil or
    interpolated (the whole steps below it, and the rest as a fraction).
    The attribute `step.beside` marks the edges of another graph with other weights, which derivatives need: they are none of the network.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$source, FlatSymbolRefAttr:$target, StrAttr:$rule,
                       FlatSymbolRefArrayAttr:$arguments, StrAttr:$key, UnitAttr:$forbid_self,
                       OptionalAttr<FlatSymbolRefArrayAttr>:$source_slice, OptionalAttr<FlatSymbolRefArrayAttr>:$target_slice,
                       OptionalAttr<FlatSymbolRefAttr>:$weight, OptionalAttr<TypeAttr>:$weight_type,
                       OptionalAttr<FlatSymbolRefAttr>:$delay, OptionalAttr<FlatSymbolRefAttr>:$max_delay,
                       OptionalAttr<FlatSymbolRefAttr>:$data, OptionalAttr<StrAttr>:$steps);
  let regions = (region MaxSizedRegion<1>:$edge_weight, MaxSizedRegion<1>:$edge_delay);
  let assemblyFormat = [{
    $sym_name `from` $source `to` $target `connect` $rule `(` $arguments `)` (`data` $data^)? `key` $key (`no_self` $forbid_self^)?
    (`source_slice` $source_slice^)? (`target_slice` $target_slice^)? (`weight` $weight^)? (`weights` $weight_type^ $edge_weight)?
    (`delay` $delay^)? (`max_delay` $max_delay^)? (`delays` (`in` $steps^)? $edge_delay^)? attr-dict
  }];
  let hasVerifier = 1;
}

def QueueOp : Step_Declaration<"queue"> {
  let summary = "The spike lists of a space for the last steps";
  let description = "`depth` is a scalar: how many steps a list is kept (longest common delay of its readers + 2); absent: 2.";
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$space, OptionalAttr<FlatSymbolRefAttr>:$depth);
  let assemblyFormat = "$sym_name `on` $space (`depth` $depth^)? attr-dict";
  let hasVerifier = 1;
}

def RecordOp : Step_Op<"record"> {
  let summary = "A recording: spikes of a queue, or an expression of arrays";
  let description = [{
    Without a region: the spikes of `source` (a queue), or the array `source` itself. With a region: a function of one element
    (`step.element @array`, `step.read`). `slice`: scalars first, last, stride. `every`: a scalar time. `unsaved`: for summaries and plots only.
    Requests name records by their number. `observed`: an objective reads it. `step-differentiate` adds the table through which its adjoint is
    given. The attribute `step.tangent_of` is the number of an observed record, whose tangent this one records (`step-tangent`).
  }];
  let arguments = (ins StrAttr:$text, StrAttr:$name, UnitAttr:$unsaved, FlatSymbolRefAttr:$space, OptionalAttr<FlatSymbolRefAttr>:$source,
                       OptionalAttr<TypeAttr>:$type, OptionalAttr<StrAttr>:$shown, OptionalAttr<FlatSymbolRefArrayAttr>:$slice,
                       OptionalAttr<FlatSymbolRefAttr>:$every, UnitAttr:$observed, OptionalAttr<FlatSymbolRefAttr>:$adjoint);
  let regions = (region MaxSizedRegion<1>:$value);
  let assemblyFormat = [{
    (`unsaved` $unsaved^)? (`observed` $observed^)? $text `as` $name `on` $space (`from` $source^)? (`:` $type^)? (`slice` $slice^)?
    (`every` $every^)? (`adjoint` $adjoint^)? ($value^)? attr-dict-with-keyword
  }];
  let hasVerifier = 1;
}

def RequestOp : Step_Op<"request"> {
  let summary = "A summary or plot, carried to the descriptor";
  let arguments = (ins StrAttr:$what, StrAttr:$function, StrAttr:$text, ArrayAttr:$arguments);
  let assemblyFormat = "$what $function $text $arguments attr-dict";
}

def ObjectiveOp : Step_Op<"objective"> {
  let summary = "The number that is made small: a function of what functionals make of observed records, and of scalars";
  let description = [{
    `functionals`: dictionaries of a function, its arguments (records, functionals before it, data) and options.
    The region takes those that `terms` names (which are numbers) and yields the objective; it may read scalars. `step-differentiate` adds its
    derivatives with respect to the terms, and to the scalars of the `step.gradient`s (0 for states) in their order. `step-tangent` adds the
    tangents of the terms to what it takes, and those of all that it yields.
    `maximise`: the region yields the negative of what was written, and what is shown is as written.
  }];
  let arguments = (ins UnitAttr:$maximise, ArrayAttr:$functionals, DenseI64ArrayAttr:$terms);
  let regions = (region SizedRegion<1>:$value);
  let assemblyFormat = "(`maximise` $maximise^)? $functionals `terms` $terms $value attr-dict";
  let hasVerifier = 1;
}

def GradientOp : Step_Op<"gradient"> {
  let summary = "Asks for the derivative of the objective with respect to a scalar, to a param of every element, or to an initial state";
  let description = [{
    `step.gradient of @"G"`. `step-differentiate` adds where it lies after the steps backwards: the sum of the elements of all `parts` (of a
    scalar), or the elements of the one part. `factors`: for each part the scalar by which it counts, or `unit` for 1.
    Of the weights of a table there is a part for each sum that reads them, with a number for each edge of a graph, by source (`step.contract each`). `edges`
    names the graphs; a part's factor is then the graph, with the same edges, whose weights are those by which each number counts, or `unit`. What lies
    in the same entry of the table is added up.
    `records`: numbers of the observed records that must change with it (sensitivities, of `step-tangent` alone); absent: the objective must.
  }];
  let arguments = (ins FlatSymbolRefAttr:$of, OptionalAttr<FlatSymbolRefArrayAttr>:$parts, OptionalAttr<ArrayAttr>:$factors,
                       OptionalAttr<FlatSymbolRefArrayAttr>:$edges, OptionalAttr<DenseI64ArrayAttr>:$records);
  let assemblyFormat = "`of` $of (`parts` $parts^)? (`factors` $factors^)? (`edges` $edges^)? (`records` $records^)? attr-dict";
  let hasVerifier = 1;
}

def DirectionOp : Step_Op<"direction"> {
  let summary = "The direction along which `step-tangent` differentiates, as far as one parameter goes";
  let description = [{
    `step.direction of @"G" is @"direction of G"`: the host says there how fast the scalar `of`, or each element of the state `of`, moves.
    `records`: as its `step.gradient` had them.
  }];
  let arguments = (ins FlatSymbolRefAttr:$of, FlatSymbolRefAttr:$along, OptionalAttr<DenseI64ArrayAttr>:$records);
  let assemblyFormat = "`of` $of `is` $along (`records` $records^)? attr-dict";
  let hasVerifier = 1;
}

def FitOp : Step_Op<"fit"> {
  let summary = "Which parameters are moved to make the objective small, and by which method";
  let description = [{
    ```
    step.fit [{name = "G", of = @G, low = @s, high = @t, transform = "log", prior = {function = "normal", arguments = [@m, @d]}},
              {name = "area.a", of = @"area.a", select = [@first, @last, @stride]} ]
      by "adam" {rate = @r, schedule = "cosine"} {steps = @n, starts = @k, stop = {loss = @l}}
    ```
    A parameter is a scalar, or a param or the initial values of a state, `of` every element; of those that `select` leaves out the values stay. All
    but `name` and `of` may be left out. Options of the method are scalars or words. The rules are the scalars `steps`, `starts` and
    `screen`, the word `spread` ("sobol", "random", "bayes"), `uncertainty`, and in `stop` the scalars `loss`, `patience`, `tolerance`,
    `parameters`, `gradient` and `time` (runtime/optimise says what they mean). Methods that go down the gradient need a `step.gradient` for
    each parameter.
  }];
  let arguments = (ins DictArrayAttr:$parameters, StrAttr:$method, DictionaryAttr:$options,
                       DictionaryAttr:$rules);
  let assemblyFormat = "$parameters `by` $method $options $rules attr-dict";
  let hasVerifier = 1;
}

#endif
