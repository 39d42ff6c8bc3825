//===- BdModelOps.td - declarations of models, networks and experiments -----===//
#ifndef BDC_BD_MODEL_OPS
#define BDC_BD_MODEL_OPS

include "bd/BdBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Bd_ModelKind : I32EnumAttr<"ModelKind", "kind of definition", [
    I32EnumAttrCase<"Neuron", 0, "neuron">, I32EnumAttrCase<"Synapse", 1, "synapse">, I32EnumAttrCase<"Effect", 2, "effect">,
    I32EnumAttrCase<"Plasticity", 3, "plasticity">, I32EnumAttrCase<"Mass", 4, "mass">, I32EnumAttrCase<"Noise", 5, "noise">,
    I32EnumAttrCase<"Observer", 6, "observer">, I32EnumAttrCase<"Coupling", 7, "coupling">]> {
  let cppNamespace = "::bdc::bd";
}

/// A region of scalar operations ending in bd.yield of one value (or nothing).
class Bd_Declaration<string mn, list<Trait> traits = []> : Bd_Op<mn, !listconcat([Symbol], traits)>;

def ModelOp : Bd_Declaration<"model", [SymbolTable, IsolatedFromAbove, NoTerminator, SingleBlock]> {
  let summary = "One definition, its units resolved for its uses";
  let description = [{
    ```mlir
    bd.model @LIF neuron {
      bd.param @tau : !bd.q<"ms"> { … bd.yield }
      bd.input @I : !bd.q<"mV">
      bd.state @v : !bd.state<!bd.q<"mV">, hidden> { … initial value … }
      bd.ode @v { … bd.yield %dv : !bd.q<"mV/ms"> }
      bd.on when { … bd.yield %c : i1 } do { bd.emit … bd.hold … }
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Bd_ModelKind:$kind);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name $kind attr-dict-with-keyword $body";
}

def ParamOp : Bd_Declaration<"param"> {
  let summary = "A constant of a run (per element where a random value or a function of `bd.index` is given)";
  let description = [{
    The region is its default; without one, every use must bind it. In a network, params are all numbers that may be set from outside, under
    the names used there (`@"E.tau"`, `@"E.size"`, `@dt`, `@duration`), each reading (`bd.read`) only those before it. `whole`: must be a whole
    number when the program runs.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type, UnitAttr:$per_element, UnitAttr:$whole, OptionalAttr<StrAttr>:$doc);
  let regions = (region MaxSizedRegion<1>:$value);
  let assemblyFormat = "(`per_element` $per_element^)? (`whole` $whole^)? $sym_name `:` $type ($value^)? attr-dict-with-keyword";
  let hasVerifier = 1;
}

def InputOp : Bd_Declaration<"input"> {
  let summary = "A sum of whatever drives it; zero if nothing does";
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type);
  let assemblyFormat = "$sym_name `:` $type attr-dict";
}

def StateOp : Bd_Declaration<"state"> {
  let summary = "A state with its initial value";
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type);
  let regions = (region MaxSizedRegion<1>:$initial);
  let assemblyFormat = "$sym_name `:` $type ($initial^)? attr-dict-with-keyword";
  let hasVerifier = 1;
}

def LetOp : Bd_Declaration<"let"> {
  let summary = "A plain value, recomputed wherever it is read";
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type);
  let regions = (region SizedRegion<1>:$value);
  let assemblyFormat = "$sym_name `:` $type $value attr-dict-with-keyword";
  let hasVerifier = 1;
}

def OdeOp : Bd_Op<"ode"> {
  let summary = "The derivative of a state";
  let arguments = (ins FlatSymbolRefAttr:$state);
  let regions = (region SizedRegion<1>:$derivative);
  let assemblyFormat = "$state $derivative attr-dict";
  let hasVerifier = 1;
}

def OutputOp : Bd_Op<"output"> {
  let summary = "What a synapse, effect, noise or observer hands on";
  let description = [{
    A synapse's output has a name (`g`), which effects read; an effect's has none and is added to the target's input. A coupling has the
    output "term", of one connection, and one without a name, which is added to the target's input. An observer's is called "output"; recordings
    read it by that name.
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, TypeAttr:$type);
  let regions = (region SizedRegion<1>:$value);
  let assemblyFormat = "($name^)? `:` $type $value attr-dict-with-keyword";
  let hasVerifier = 1;
}

def OnOp : Bd_Op<"on"> {
  let summary = "What happens when a condition becomes true, or when an event arrives";
  let description = [{
    `bd.on when { … yield i1 } do { … }`: fires where the condition holds at the end of a step and did not at the end of the one before.
    `bd.on event do { … }` (empty `when` region): a spike arrives at a synapse; `bd.weight` is the weight of its edge.
    All conditions of a model are tested on the states at the end of the step, before any action. The actions are bd.emit, bd.set, bd.increment
    and bd.hold in the order written; reads see what was set before. Inputs are what they are at the end of the step: drives at that time, effects
    from the states then; couplings, and the past, as they were held in the step.
  }];
  let regions = (region MaxSizedRegion<1>:$condition, SizedRegion<1>:$actions);
  let assemblyFormat = "(`when` $condition^)? `do` $actions attr-dict";
  let hasVerifier = 1;
}

def EmitOp : Bd_Op<"emit"> {
  let summary = "Emits a spike";
  let assemblyFormat = "attr-dict";
}
def SetOp : Bd_Op<"set"> {
  let summary = "Assigns a state (or, in plasticity, the weight)";
  let arguments = (ins FlatSymbolRefAttr:$state, Bd_Quantity:$value);
  let assemblyFormat = "$state `,` $value attr-dict `:` type($value)";
  let hasVerifier = 1;
}
def IncrementOp : Bd_Op<"increment"> {
  let summary = "Adds to a state: `state += value`";
  let arguments = (ins FlatSymbolRefAttr:$state, Bd_Quantity:$value);
  let assemblyFormat = "$state `by` $value attr-dict `:` type($value)";
  let hasVerifier = 1;
}
def HoldOp : Bd_Op<"hold"> {
  let summary = "Keeps a state constant for a time";
  let arguments = (ins FlatSymbolRefAttr:$state, Bd_Quantity:$duration);
  let assemblyFormat = "$state `for` $duration attr-dict `:` type($duration)";
  let hasVerifier = 1;
}

def GetOp : Bd_Op<"get", [MemoryEffects<[MemRead]>]> {
  let summary = "Reads a param, state, let or input of this model (in a recording: of the population's model)";
  let arguments = (ins FlatSymbolRefAttr:$name);
  let results = (outs Bd_Quantity:$result);
  let assemblyFormat = "$name attr-dict `:` type($result)";
  let hasVerifier = 1;
}
def PastOp : Bd_Op<"past", [MemoryEffects<[MemRead]>]> {
  let summary = "What a state or let of this model was, on the same element";
  let description = [{
    `bd.past @v ago { … bd.yield %d }`: the region gives how long ago, from params and constants. What is read is held over a step: for all
    stages of an integrator, and in the conditions at its end, it is the value at the time of the step's beginning less the delay, on the
    straight line between two steps. Before the first step it is the initial value.
  }];
  let arguments = (ins FlatSymbolRefAttr:$name);
  let regions = (region SizedRegion<1>:$ago);
  let results = (outs Bd_Quantity:$result);
  let assemblyFormat = "$name `ago` $ago attr-dict `:` type($result)";
  let hasVerifier = 1;
}
def ReadOp : Bd_Op<"read", [Pure]> {
  let summary = "Reads a param of the network";
  let arguments = (ins FlatSymbolRefAttr:$name);
  let results = (outs Bd_Quantity:$result);
  let assemblyFormat = "$name attr-dict `:` type($result)";
}
def TargetOp : Bd_Op<"target", [MemoryEffects<[MemRead]>]> {
  let summary = "Reads a state or let of the other side of a projection (`target.v` in an effect)";
  let arguments = (ins FlatSymbolRefAttr:$name);
  let results = (outs Bd_Quantity:$result);
  let assemblyFormat = "$name attr-dict `:` type($result)";
}
def SourceOutputOp : Bd_Op<"received", [MemoryEffects<[MemRead]>]> {
  let summary = "What an effect receives: the named output of the synapse before it";
  let arguments = (ins StrAttr:$name);
  let results = (outs Bd_Quantity:$result);
  let assemblyFormat = "$name attr-dict `:` type($result)";
}
def CoupledOp : Bd_Op<"coupled", [MemoryEffects<[MemRead]>]> {
  let summary = "What a coupling knows: `source` (delayed), `target` (now), and `total`, the sum of its term over a target's connections";
  let arguments = (ins StrAttr:$what);
  let results = (outs Bd_Quantity:$result);
  let assemblyFormat = "$what attr-dict `:` type($result)";
}
def WeightOp : Bd_Op<"weight", [MemoryEffects<[MemRead]>]> {
  let summary = "The weight of the edge on which the event arrived, or of a coupling's connection";
  let results = (outs Bd_Quantity:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

#endif
