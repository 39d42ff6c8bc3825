// Objects linked into this process by ORC.
#include "compiler/target/load.h"
#include "compiler/target/native.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Object/Archive.h"
#include "llvm/TargetParser/Host.h"

#include <fmt/format.h>

using namespace llvm;

namespace bdc::compiler {

namespace {

runtime::Error problem(Error error) { return runtime::internalError("machine code does not load: " + toString(std::move(error))); }

template <typename F> Error find(orc::LLJIT &jit, const std::string &name, F &function) {
  auto address = jit.lookup(name);
  if (!address)
    return address.takeError();
  function = address->toPtr<F>();
  return Error::success();
}

Error addObjects(orc::LLJIT &jit, std::string_view bytes) {
  auto archive = object::Archive::create(MemoryBufferRef(bytes, "bdc"));
  if (!archive)
    return archive.takeError();
  Error error = Error::success();
  for (const object::Archive::Child &child : (*archive)->children(error)) {
    auto object = child.getMemoryBufferRef();
    if (Error wrong = object ? jit.addObjectFile(MemoryBuffer::getMemBufferCopy(object->getBuffer(), "bdc")) : object.takeError())
      return joinErrors(std::move(error), std::move(wrong));
  }
  return error;
}

Error lookUp(orc::LLJIT &jit, runtime::Program &program) {
  if (Error error = find(jit, "bdc_derive", program.derive))
    return error;
  if (Error error = find(jit, "bdc_init", program.init))
    return error;
  if (Error error = find(jit, "bdc_run", program.run))
    return error;
  if (program.descriptor.lanes > 0)
    if (Error error = find(jit, "bdc_run_lanes", program.runLanes))
      return error;
  const std::pair<const char *, bdc_run_fn *> loops[] = {{"tape", &program.tape}, {"adjoint", &program.adjoint},
                                                         {"adjoint_past", &program.adjointPast}, {"adjoint_start", &program.adjointStart}};
  for (auto [role, function] : loops)
    if (is_contained(program.descriptor.loops, role))
      if (Error error = find(jit, std::string("bdc_") + role, *function))
        return error;
  if (program.descriptor.objective)
    if (Error error = find(jit, "bdc_objective", program.objective))
      return error;
  program.edges.resize(program.descriptor.edgeFunctions);
  program.probes.resize(program.descriptor.probeFunctions);
  for (size_t k = 0; k < program.edges.size(); ++k)
    if (Error error = find(jit, fmt::format("bdc_edges_{}", k), program.edges[k]))
      return error;
  for (size_t k = 0; k < program.probes.size(); ++k)
    if (Error error = find(jit, fmt::format("bdc_probe_{}", k), program.probes[k]))
      return error;
  return Error::success();
}

} // namespace

runtime::Result<std::shared_ptr<const runtime::Program>> loadProgram(std::string_view archive) {
  knowNativeTarget();
  auto machine = orc::JITTargetMachineBuilder(Triple(sys::getProcessTriple()));
  machine.setRelocationModel(Reloc::PIC_);
  auto made = orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(machine)).create();
  if (!made)
    return problem(made.takeError());
  std::shared_ptr<orc::LLJIT> jit = std::move(*made);
  if (Error error = addObjects(*jit, archive))
    return problem(std::move(error));
  const char *text = nullptr;
  const int64_t *size = nullptr;
  if (Error error = find(*jit, "bdc_descriptor", text))
    return problem(std::move(error));
  if (Error error = find(*jit, "bdc_descriptor_size", size))
    return problem(std::move(error));
  auto descriptor = runtime::parseDescriptor(std::string_view(text, size_t(*size)));
  if (!descriptor)
    return descriptor.error();
  auto program = std::make_shared<runtime::Program>();
  program->descriptor = std::move(*descriptor);
  if (Error error = lookUp(*jit, *program))
    return problem(std::move(error));
  program->owner = jit;
  return std::shared_ptr<const runtime::Program>(std::move(program));
}

} // namespace bdc::compiler
