//===- BdBase.td - dialect and types ---------------------------------------===//
#ifndef BDC_BD_BASE
#define BDC_BD_BASE

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

def Bd_Dialect : Dialect {
  let name = "bd";
  let cppNamespace = "::bdc::bd";
  let summary = "What the modeller means: models, populations, projections, experiments";
  let description = [{
    Declarations with symbols, and small regions of scalar operations on quantities. Every value has a unit type.
    The scalar operations are shared with the `step` dialect.

    Attributes for display: `bd.shown` is the unit that the user gave to a param, state, let, binding or recording, where the type has another
    (`bd-fold-units` puts it there); `bd.weight_shown` and `bd.delay_shown` the same for a projection.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let hasConstantMaterializer = 1;
  let extraClassDeclaration = "void addFoldInterface();";
}

class Bd_Type<string name, string mn, list<Trait> traits = []> : TypeDef<Bd_Dialect, name, traits> {
  let mnemonic = mn;
}

def Bd_Quantity : Bd_Type<"Quantity", "q"> {
  let summary = "A physical quantity";
  let description = [{
    `!bd.q<"mV">`: a real number with a unit. Operations are physical: what they check is the dimension; the text is for display.
    After `bd-fold-units` every unit is the coherent one of its dimension and every number is a coherent value.
    The width of the number is chosen by the lowering (`--precision`), unless the type fixes it: `!bd.q<"mV", f64>`.
  }];
  let parameters = (ins StringRefParameter<"unit text">:$unit, OptionalParameter<"::mlir::Type", "f32 or f64 where fixed">:$precision);
  let assemblyFormat = "`<` $unit (`,` $precision^)? `>`";
  let genVerifyDecl = 1;
  let builders = [TypeBuilder<(ins "::llvm::StringRef":$unit), [{ return $_get($_ctxt, unit, ::mlir::Type()); }]>];
  let extraClassDeclaration = [{
    /// The dimension of the unit (parsed; the text was verified).
    ::bdc::units::Dimension getDimension() const;
    /// Whether numbers of this type are in the coherent system: its unit is the coherent one of its dimension.
    bool isCoherent() const;
  }];
}

def StateHidden : I32EnumAttrCase<"Hidden", 0, "hidden">;
def StateParam : I32EnumAttrCase<"Param", 1, "param">;
def StateShortTerm : I32EnumAttrCase<"ShortTerm", 2, "short_term">;
def StateTrace : I32EnumAttrCase<"Trace", 3, "trace">;
def StateDelay : I32EnumAttrCase<"Delay", 4, "delay">;
def StateWork : I32EnumAttrCase<"Work", 5, "work">;
def StateAdjoint : I32EnumAttrCase<"Adjoint", 6, "adjoint">;
def StateTape : I32EnumAttrCase<"Tape", 7, "tape">;
def Bd_StateKind : I32EnumAttr<"StateKind", "role of a state",
    [StateHidden, StateParam, StateShortTerm, StateTrace, StateDelay, StateWork, StateAdjoint, StateTape]> {
  let cppNamespace = "::bdc::bd";
  let genSpecializedAttr = 0;
}
def Bd_StateKindAttr : EnumAttr<Bd_Dialect, Bd_StateKind, "state_kind">;

def Bd_State : Bd_Type<"State", "state"> {
  let summary = "A state of a model: a quantity with a role";
  let description = [{
    `!bd.state<!bd.q<"mV">, hidden>`. Roles: `hidden` (integrated, differentiated), `param` (constant of a run), `short_term` (changed by
    events alone), `trace` (made by the trace pass), `delay` (the past of something), `work` (scratch between phases), `adjoint` (derivatives of an objective, made by `step-differentiate`),
    `tape` (what steps forwards keep for the steps backwards).
  }];
  let parameters = (ins "::mlir::Type":$value, "::bdc::bd::StateKind":$kind);
  let assemblyFormat = "`<` $value `,` $kind `>`";
}

def AnyScalar : AnyTypeOf<[Bd_Quantity, I1, I32, I64], "quantity, condition or count">;

class Bd_Op<string mn, list<Trait> traits = []> : Op<Bd_Dialect, mn, traits>;

#endif
