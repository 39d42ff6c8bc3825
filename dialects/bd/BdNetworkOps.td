//===- BdNetworkOps.td - networks and experiments ----------------------------===//
#ifndef BDC_BD_NETWORK_OPS
#define BDC_BD_NETWORK_OPS

include "bd/BdModelOps.td"

def NetworkOp : Bd_Declaration<"network", [SymbolTable, NoTerminator, SingleBlock]> {
  let summary = "Populations and how they project onto each other";
  let arguments = (ins SymbolNameAttr:$sym_name);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name attr-dict-with-keyword $body";
}

def PopulationOp : Bd_Declaration<"population", [NoTerminator]> {
  let summary = "Elements of one model";
  let description = [{
    `bd.population @E of @LIF size { … yield } with { bd.bind @tau as "E.tau" { … } }`; what is bound reads params of the network (`bd.read`). `method` overrides the experiment's integrator.
    `regions`: a connectome, of whose regions it has an element for each, or of `picks` ("label=lV1", "number=3", "slice=0:38:1"), or of all
    `except` these; the data then set its size. Where it `stands_in`, all of its elements stand for one region.
    `surrogate`: a function of one pure number, the derivative that gradients take for its spikes; its argument is the distance from threshold in
    units of that from reset to threshold.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$model, OptionalAttr<StrAttr>:$method,
                       OptionalAttr<FlatSymbolRefAttr>:$table, OptionalAttr<StrArrayAttr>:$picks, UnitAttr:$except, UnitAttr:$stands_in);
  let regions = (region SizedRegion<1>:$size, MaxSizedRegion<1>:$bindings, MaxSizedRegion<1>:$surrogate);
  let assemblyFormat = [{
    $sym_name `of` $model `size` $size (`regions` `of` $table^)? (`except` $except^)? ($picks^)? (`stands_in` $stands_in^)?
    (`with` $bindings^)? (`surrogate` $surrogate^)? attr-dict-with-keyword
  }];
  let hasVerifier = 1;
}

def BindOp : Bd_Op<"bind"> {
  let summary = "Gives a param of the used model its value (per element where random)";
  let description = "`role` tells which model of a projection is meant: synapse or effect.";
  let arguments = (ins FlatSymbolRefAttr:$param, OptionalAttr<StrAttr>:$role, UnitAttr:$per_element, StrAttr:$path);
  let regions = (region SizedRegion<1>:$value);
  let assemblyFormat = "($role^)? (`per_element` $per_element^)? $param `as` $path $value attr-dict-with-keyword";
}

def StartOp : Bd_Op<"start"> {
  let summary = "The initial value of a state of a population";
  let arguments = (ins FlatSymbolRefAttr:$population, FlatSymbolRefAttr:$state);
  let regions = (region SizedRegion<1>:$value);
  let assemblyFormat = "$population `state` $state $value attr-dict";
}

def ProjectOp : Bd_Declaration<"project", [NoTerminator]> {
  let summary = "Events from one population to one other";
  let description = [{
    One op per pair of source and target; those of one statement share `statement`, the name under which its parameters are set.
    `rule`: one_to_one, all_to_all, random, fixed_in_degree, fixed_out_degree; `rule_arguments` yields its numbers (p or k).
    Slices: `source_slice`/`target_slice` yield first, last (exclusive) and stride.
    Without `synapse` the event adds its weight to the state named by `input`. A synapse without an effect adds its output to the input.
    Params of synapses and effects are one number per projection; they cannot be drawn.
    `superposes`: one synapse with the events of several such projections feels like several; projections onto the same input whose synapses
    and effects are the same, with equal params, then share its states. Others never do.
    The target's input that the effect is added to is `input`. Regions `weight` and `delay` yield one value, per edge where random.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$statement, FlatSymbolRefAttr:$source, FlatSymbolRefAttr:$target,
                       FlatSymbolRefAttr:$input, StrAttr:$rule, UnitAttr:$forbid_self, OptionalAttr<FlatSymbolRefAttr>:$synapse,
                       OptionalAttr<FlatSymbolRefAttr>:$effect, UnitAttr:$weight_per_edge, UnitAttr:$delay_per_edge,
                       UnitAttr:$superposes);
  let regions = (region MaxSizedRegion<1>:$rule_arguments, MaxSizedRegion<1>:$source_slice, MaxSizedRegion<1>:$target_slice,
                        MaxSizedRegion<1>:$weight, MaxSizedRegion<1>:$delay, MaxSizedRegion<1>:$bindings);
  let assemblyFormat = [{
    $sym_name `of` $statement `from` $source (`slice` $source_slice^)? `to` $target `input` $input (`slice` $target_slice^)?
    `connect` $rule (`(` $rule_arguments^ `)`)? (`no_self` $forbid_self^)?
    (`synapse` $synapse^)? (`effect` $effect^)? (`superposes` $superposes^)?
    (`weight` $weight^)? (`delay` $delay^)?
    (`with` $bindings^)? attr-dict-with-keyword
  }];
  let hasVerifier = 1;
}

def ConnectomeOp : Bd_Declaration<"connectome"> {
  let summary = "A table of connections that is read, or made, when the program runs";
  let description = [{
    `bd.connectome @SC size @"SC.size" from {file = "brain.h5", words = ["normalise=max"]}`; `from` goes to the descriptor as it is: `file`
    or `generator`, `words`, and `arguments` {name = @scalar}. The scalar `size` gets the number of regions. With `rows` the table is a matrix, from
    as many columns as `size` to as many rows.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$size, OptionalAttr<FlatSymbolRefAttr>:$rows, DictionaryAttr:$from);
  let assemblyFormat = "$sym_name `size` $size (`rows` $rows^)? `from` $from attr-dict";
}

def CoupleOp : Bd_Declaration<"couple", [NoTerminator]> {
  let summary = "A sum over a connectome's connections of something continuous, added to an input";
  let description = [{
    `value` is the source's quantity, `own` the target's where the coupling reads it. `weight` and `delay` are functions of one connection
    (`bd.edge`); a delay is taken in whole steps (`nearest`, `ceil`) or `interpolated` between them. `past` is the source's quantity before the run;
    without it, it is as at its start.
    Source and target have elements for regions of the connectome, or stand in for one; slices yield first, last (exclusive) and stride. `window`
    is a time of the network's params, in which the events that `bd.rate` reads are counted.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$source, FlatSymbolRefAttr:$target, FlatSymbolRefAttr:$input,
                       FlatSymbolRefAttr:$connectome, FlatSymbolRefAttr:$coupling,
                       DefaultValuedAttr<StrAttr, "\"interpolated\"">:$steps, OptionalAttr<FlatSymbolRefAttr>:$window);
  let regions = (region SizedRegion<1>:$value, MaxSizedRegion<1>:$own, SizedRegion<1>:$weight, MaxSizedRegion<1>:$delay,
                        MaxSizedRegion<1>:$past, MaxSizedRegion<1>:$bindings, MaxSizedRegion<1>:$source_slice, MaxSizedRegion<1>:$target_slice);
  let assemblyFormat = [{
    $sym_name `from` $source (`slice` $source_slice^)? `value` $value (`window` $window^)? `to` $target `input` $input
    (`slice` $target_slice^)? (`own` $own^)? `through` $connectome `by` $coupling
    `weight` $weight (`delay` $steps $delay^)? (`past` $past^)? (`with` $bindings^)? attr-dict-with-keyword
  }];
  let hasVerifier = 1;
}

def LabelOp : Bd_Op<"label"> {
  let summary = "A param that gets the number of the element with a label: of a population of regions, or of an observer's sensors";
  let arguments = (ins FlatSymbolRefAttr:$param, StrAttr:$label, FlatSymbolRefAttr:$owner);
  let assemblyFormat = "$param $label `in` $owner attr-dict";
}

def DisturbOp : Bd_Declaration<"disturb", [NoTerminator]> {
  let summary = "A noise process of its own for every element, added to an input";
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$population, FlatSymbolRefAttr:$input, FlatSymbolRefAttr:$noise);
  let regions = (region MaxSizedRegion<1>:$bindings);
  let assemblyFormat = "$sym_name `of` $population `input` $input `by` $noise (`with` $bindings^)? attr-dict-with-keyword";
}

def ObserveOp : Bd_Declaration<"observe", [NoTerminator]> {
  let summary = "A model that follows a quantity of a population on a step of its own, and acts on nothing";
  let description = [{
    `value` is the source's quantity, whose mean over each step the model of kind `observer` sees as its input. `step` is a time of the network's
    params, rounded to whole steps of the run, at least one. What is integrated, and the mean, is in double precision.
    Through a `table`, with `weight` a function of one connection (`bd.edge`), each row of the table is a sensor: the observer's output "term", of one
    connection, is summed over a sensor's (`bd.coupled "total"`), and its states and its output are the sensors'.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$population, FlatSymbolRefAttr:$observer, FlatSymbolRefAttr:$step,
                       StrAttr:$method, OptionalAttr<FlatSymbolRefAttr>:$table);
  let regions = (region SizedRegion<1>:$value, MaxSizedRegion<1>:$weight, MaxSizedRegion<1>:$bindings);
  let assemblyFormat = [{
    $sym_name `of` $population `value` $value (`through` $table^ `weight` $weight)? `by` $observer `step` $step `method` $method
    (`with` $bindings^)? attr-dict-with-keyword
  }];
  let hasVerifier = 1;
}

def ExperimentOp : Bd_Declaration<"experiment", [NoTerminator, SingleBlock]> {
  let summary = "One simulation: duration, step, drives, recordings, summaries, plots";
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$network, StrAttr:$method);
  let regions = (region SizedRegion<1>:$duration, SizedRegion<1>:$step, MaxSizedRegion<1>:$discard, SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name `of` $network `method` $method `for` $duration `step` $step (`discard` $discard^)? $body attr-dict";
  let hasVerifier = 1;
}

def DriveOp : Bd_Op<"drive"> {
  let summary = "Adds a value to an input of a population (or of a slice), always or within a window of time";
  let arguments = (ins FlatSymbolRefAttr:$population, FlatSymbolRefAttr:$input, UnitAttr:$per_element);
  let regions = (region SizedRegion<1>:$value, MaxSizedRegion<1>:$from, MaxSizedRegion<1>:$to, MaxSizedRegion<1>:$slice);
  let assemblyFormat = [{
    $population `input` $input (`slice` $slice^)? `=` (`per_element` $per_element^)? $value (`from` $from^)? (`to` $to^)? attr-dict-with-keyword
  }];
  let hasVerifier = 1;
}

def RecordOp : Bd_Op<"record"> {
  let summary = "Records spikes (no value region) or an expression of the states of one population, one observer, or the synapse of one projection";
  let description = "The value region reads states, lets and params of the model of `population` with bd.get (of a projection: of its synapse, on the elements of the target), params of the network with bd.read. `unsaved`: for summaries and plots only, not written to the file; `observed`: the objective reads it. A slice yields first, last (exclusive), stride.";
  let arguments = (ins StrAttr:$text, FlatSymbolRefAttr:$population, UnitAttr:$unsaved, UnitAttr:$observed, OptionalAttr<TypeAttr>:$type);
  let regions = (region MaxSizedRegion<1>:$value, MaxSizedRegion<1>:$slice, MaxSizedRegion<1>:$every);
  let assemblyFormat = "(`unsaved` $unsaved^)? (`observed` $observed^)? $text `of` $population (`slice` $slice^)? (`:` $type^)? (`every` $every^)? (`value` $value^)? attr-dict-with-keyword";
  let hasVerifier = 1;
}

def RequestOp : Bd_Op<"request"> {
  let summary = "A summary or a plot: a function of recorded quantities";
  let description = [{
    `what` is "summary" or "plot"; `function` its name; `arguments` an array of dictionaries, one each for what it is applied to:
    {record = number of the bd.record of this experiment that holds it, text} or {option, value, unit}. Option values are
    numbers in `unit`.
  }];
  let arguments = (ins StrAttr:$what, StrAttr:$function, StrAttr:$text, ArrayAttr:$arguments);
  let assemblyFormat = "$what $function $text $arguments attr-dict";
  let hasVerifier = 1;
}

#endif
