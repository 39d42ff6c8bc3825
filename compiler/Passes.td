//===- Passes.td - every pass: summary, options, statistics ----------------===//
#ifndef BDC_PASSES
#define BDC_PASSES

include "mlir/Pass/PassBase.td"

def FoldUnits : Pass<"bd-fold-units", "::mlir::ModuleOp"> {
  let summary = "Checks units and rewrites everything into the coherent system";
  let description = [{
    After it every type names the coherent unit of its dimension (ms, mV, pA, nS, …) and every constant is a number in it, so that the lowering
    can drop units. Constant expressions are folded.
  }];
}

def Flatten : Pass<"bd-flatten", "::mlir::ModuleOp"> {
  let summary = "Turns models, a network and an experiment into one step program";
  let description = [{
    Populations become spaces with state arrays, projections graphs, deliveries and synaptic states on their targets, which are integrated
    together with the target's own. Projections with the same synapse and effect and equal parameters onto one input share their state.
    Effects, drives and lets are written into the derivatives that read them. Conditions fire on their edge.
    Units are coherent before this pass (`bd-fold-units`).
  }];
  let options = [Option<"experiment", "experiment", "std::string", "\"\"", "Experiment to flatten; the first where none is named">,
                 ListOption<"separate", "separate", "std::string",
                            "Names of scalars that will be set from outside: projections are not merged on the ground of their defaults">,
                 Option<"gradient", "gradient", "bool", "false", "Ask for the derivatives by what is fitted, whatever the method needs">];
  let dependentDialects = ["::bdc::step::StepDialect"];
}

def Integrate : Pass<"step-integrate", "::mlir::ModuleOp"> {
  let summary = "Replaces each step.ode by the map that does one step of its method";
  let description = [{
    Methods: exponential_euler (x + dt·φ(dt·J)·f, with J = ∂f/∂x taken by differentiation), euler, midpoint, heun, rk4. Held operands keep
    their values over all stages. Factors that depend on parameters and dt alone are kept together, so that `step-derive` can move them out.
  }];
}

def Differentiate : Pass<"step-differentiate", "::mlir::ModuleOp"> {
  let summary = "Adds the loops that give the gradient of the objective, backwards in time";
  let description = [{
    Where a program has `step.gradient`s it gets, beside its loop, one that keeps what the steps backwards need (`tape`), those steps (`adjoint`),
    steps before the first one (`adjoint_past`), and one that goes from initial values to what they are made of (`adjoint_start`). Only what
    depends on what is asked for and reaches the objective is followed. Maps become maps; sums over a target's edges become sums over a source's;
    the ring of a delay becomes a ring of later adjoints; random values become nothing; samples come in through `step.given`.
    Scalars that are made of those asked for are written out where they are read, unless the host has set them (`step.given`).
  }];
}

def Tangent : Pass<"step-tangent", "::mlir::ModuleOp"> {
  let summary = "Makes the program carry, beside every value, how it changes along a direction";
  let description = [{
    Where a program has `step.gradient`s it gets a direction for each of them (`step.direction`, numbers of the host), and its loop a tangent for
    every state that these change and that reaches the objective: maps hand out tangents too, sums over edges and rings of the past get twins, what
    records and the objective read is read of tangents too. The `step.gradient`s are gone after it: this is forward mode, and it runs as one
    ordinary loop. All derivatives come from the table that the loops backwards have.
    With `keep` they stay: `step-differentiate` then gives the gradient of the objective's change along the direction, which is the Hessian times
    the direction.
  }];
  let options = [Option<"keep", "keep", "bool", "false", "Leaves the gradients in the program, as those of the change">];
}

//===- From the integrated step form to loops -------------------------------===//

def Derive : Pass<"step-derive", "::mlir::ModuleOp"> {
  let summary = "Moves what depends on parameters and dt alone out of the loop";
  let description = [{
    Expressions over scalars inside the loop's regions become `step.scalar` declarations, evaluated by `derive` whenever a parameter changes:
    exp(-dt/tau) costs nothing in a step. A division by such an expression becomes a multiplication by its reciprocal, and
    a * (b * x), with a and b such expressions, becomes (a * b) * x, and a - (x + b) becomes (a - b) - x. x / exprel(y) and
    x / (a * exprel(y)), where exprel has no other use, become products with rexprel(y): one division instead of two. (These change
    rounding, once, in the IR: results stay the same at every width.)
  }];
}

def Schedule : Pass<"step-schedule", "::mlir::ModuleOp"> {
  let summary = "Groups the operations of a loop into phases over one space each";
  let description = [{
    Operations that follow edges or sum over elements get a phase of their own, as early as their operands allow. All others are fused: a
    phase is one pass over the elements of its space.
  }];
}

def Allocate : Pass<"step-allocate", "::mlir::ModuleOp"> {
  let summary = "Gives every value a state to lie in and says what threads wait for";
  let description = [{
    A value lies in the state whose next value it is (or is on the way to) where the value before it is not needed any more, so states change
    in place; else in a new `work` state. Where one phase touches elements of other threads that another writes, the later waits for the earlier (`after`).
  }];
}

def ToLoops : Pass<"step-to-loops", "::mlir::ModuleOp"> {
  let summary = "Lowers an allocated step program to vectorised loops: the functions of runtime/abi.h";
  let description = [{
    Every phase becomes a function over a thread's share of its space; phases of one form share a function and differ in a pack of pointers
    and numbers. Values of elements are vectors of `width` numbers; values that are the same for all elements are computed once, in f64, in
    front of the loop. The descriptor becomes the global `bdc_descriptor`.
  }];
  let options = [Option<"precision", "precision", "std::string", "\"f64\"", "Number type of quantities: f32 or f64">,
                 Option<"width", "width", "unsigned", "4", "Elements per vector: 1, 2, 4, 8 or 16">,
                 Option<"sideBySide", "side-by-side", "bool", "false", "Also the time loop of as many lanes as a vector has elements">];
}

def VectoriseLanes : Pass<"bdc-vectorise-lanes", "::mlir::ModuleOp"> {
  let summary = "Makes phases for several lanes of those for one element at a time";
  let description = [{
    `step-to-loops{side-by-side}` declares a function for each phase that does it for several runs (lanes), and gives the phase for one element
    at a time, whose numbers have their final operations (`bdc-fuse-multiply-add`). Here the first are made of the second: what differs from lane to
    lane becomes a vector, read and written through a pointer for each lane; sizes, connections and loops are the same in all lanes and stay as they
    are. What happens in some lanes alone (a spike that is listed) is done lane by lane. A phase with something that has no such form calls its
    function once for each lane.
  }];
}

def ToGpu : Pass<"step-to-gpu", "::mlir::ModuleOp"> {
  let summary = "Lowers the phases of an allocated step program to kernels: one thread per element";
  let description = [{
    Every phase on single elements becomes a `gpu.func` whose arguments are the step, the number of elements and the words of its pack (arrays,
    scalars, keys of random streams). It does to one element what the loop of `step-to-loops` does to a vector. Events are written as one byte
    per element. Programs with projections or sums are refused.
  }];
  let options = [Option<"precision", "precision", "std::string", "\"f64\"", "Number type of quantities: f32 or f64">];
}

def FuseMultiplyAdd : Pass<"bdc-fuse-multiply-add", "::mlir::ModuleOp"> {
  let summary = "Fuses products into sums, by one rule for all widths";
  let description = [{
    x * y + z and z + x * y become fma(x, y, z); x * y - z becomes fma(x, y, -z); z - x * y becomes fma(-x, y, z), when the product has no other
    use. Where both operands of a sum are such products the left one is fused. A product that is the same for all
    lanes counts like any other, though it is computed once: with one lane there is no difference. Nothing later fuses or splits anything.
  }];
}

def ToControlFlow : Pass<"bdc-to-control-flow", "::mlir::ModuleOp"> {
  let summary = "Makes blocks of structured loops and branches";
  let description = [{
    With the patterns of MLIR's `convert-scf-to-cf`, from the last operation of a block to the first: each splits its block in two and moves all that
    stands behind it, which from the first to the last is quadratic in the length of a block (the loop of a network of 400 populations: 1 GB).
  }];
  let dependentDialects = ["::mlir::cf::ControlFlowDialect"];
}

#endif
