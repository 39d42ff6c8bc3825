//===- BdObjectiveOps.td - what is made small, and by moving what -----------===//
#ifndef BD_OBJECTIVE_OPS
#define BD_OBJECTIVE_OPS

include "bd/BdBase.td"

def ObjectiveOp : Bd_Op<"objective"> {
  let summary = "The number that is made small, or large (`maximise`): over `bd.term`s and params of the network";
  let description = [{
    `functionals`: dictionaries of a `function` (runtime/objective), its `text`, `arguments` and `options`. Arguments are {record = number of the
    bd.record of this experiment}, {functional = one before it} or {file, words, unit, like = number of a record whose spikes these are}. Options
    are params of the network.
  }];
  let arguments = (ins UnitAttr:$maximise, StrAttr:$text, ArrayAttr:$functionals);
  let regions = (region SizedRegion<1>:$value);
  let assemblyFormat = "(`maximise` $maximise^)? $text $functionals $value attr-dict";
  let hasVerifier = 1;
}

def FitOp : Bd_Op<"fit"> {
  let summary = "Which parameters are moved to make the objective small, and how";
  let description = [{
    `parameters`: dictionaries of a `name`, what is moved (`scalar`, a param of the network, `variable`, a param or state of `population`, or the weights of a `connectome`), and,
    where they are given, `low` and `high` (params of the network), `transform`, `prior` {function, arguments}. `slices`: for each parameter the elements
    that move, an empty region for all. Options of the method, and of the fit, are params of the network or words.
  }];
  let arguments = (ins ArrayAttr:$parameters, StrAttr:$method, UnitAttr:$by_gradient, DictionaryAttr:$options, DictionaryAttr:$rules);
  let regions = (region VariadicRegion<MaxSizedRegion<1>>:$slices);
  let assemblyFormat = "$parameters `by` (`gradient` $by_gradient^)? $method $options $rules `slices` $slices attr-dict";
  let hasVerifier = 1;
}

def SensitivityOp : Bd_Op<"sensitivity"> {
  let summary = "How records change with one parameter, at each of their times";
  let description = [{
    `records`: numbers of the bd.records of this experiment, which are `observed`. `parameter`: as one of bd.fit, with its `name` and `scalar`. It
    stands in experiments without an objective: what is followed is what is observed.
  }];
  let arguments = (ins DenseI64ArrayAttr:$records, DictionaryAttr:$parameter);
  let assemblyFormat = "`of` $records `to` $parameter attr-dict";
  let hasVerifier = 1;
}

#endif
