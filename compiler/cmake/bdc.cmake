# Helpers that keep every folder's CMakeLists.txt short.

add_compile_options(-Wall -Wextra -Wno-unused-parameter)

# LLVM and MLIR: the two shared libraries or archives alone, never a mix. Debian's targets of the archives ask for the shared
# LLVM, so the archives are named by one linker script; the linker takes from them what a program uses.
if(BDC_STATIC_LLVM)
  file(GLOB archives ${LLVM_LIBRARY_DIR}/libMLIR*.a ${LLVM_LIBRARY_DIR}/libLLVM*.a)
  if(NOT archives)
    message(FATAL_ERROR "BDC_STATIC_LLVM: no archives in ${LLVM_LIBRARY_DIR}")
  endif()
  list(JOIN archives "\n" archives)
  set(BDC_LLVM_LIBRARIES ${CMAKE_BINARY_DIR}/llvm-archives.ld)
  file(CONFIGURE OUTPUT ${BDC_LLVM_LIBRARIES} CONTENT "INPUT(\n${archives}\n)\n")
  list(APPEND BDC_LLVM_LIBRARIES zstd z dl m rt pthread)
else()
  set(BDC_LLVM_LIBRARIES MLIR LLVM)
endif()

# A library without sources of its own still needs one, and so does the precompiled header.
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/mlir_pch_anchor.cpp CONTENT "")

# bdc_library(NAME sources… [LINK libs…]): plain C++, no LLVM headers.
function(bdc_library name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC fmt::fmt ${ARG_LINK})
endfunction()

# Flags that MLIR's headers want: no exceptions, Debian's libraries have RTTI.
add_library(bdc_mlir_flags INTERFACE)
target_include_directories(bdc_mlir_flags SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
target_compile_options(bdc_mlir_flags INTERFACE -fno-exceptions)
separate_arguments(BDC_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_options(bdc_mlir_flags INTERFACE ${BDC_LLVM_DEFINITIONS})
target_link_libraries(bdc_mlir_flags INTERFACE ${BDC_LLVM_LIBRARIES})

# One precompiled header for all MLIR translation units: the headers cost 10 s each otherwise.
add_library(bdc_mlir_pch OBJECT ${CMAKE_BINARY_DIR}/mlir_pch_anchor.cpp)
target_link_libraries(bdc_mlir_pch PRIVATE bdc_mlir_flags fmt::fmt)
target_compile_options(bdc_mlir_pch PRIVATE -Xclang -fno-pch-timestamp)
target_precompile_headers(bdc_mlir_pch PRIVATE
  <mlir/IR/Builders.h> <mlir/IR/BuiltinOps.h> <mlir/IR/BuiltinTypes.h> <mlir/IR/DialectImplementation.h>
  <mlir/IR/OpImplementation.h> <mlir/IR/PatternMatch.h> <mlir/IR/SymbolTable.h> <mlir/Pass/Pass.h>
  <mlir/Pass/PassManager.h> <mlir/Interfaces/SideEffectInterfaces.h> <mlir/Dialect/Arith/IR/Arith.h>
  <llvm/ADT/TypeSwitch.h> <fmt/format.h> <string> <vector>)

# bdc_mlir_library(NAME sources… [LINK libs…] [DEPENDS tablegen targets…])
function(bdc_mlir_library name)
  cmake_parse_arguments(ARG "" "" "LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC bdc_mlir_flags fmt::fmt ${ARG_LINK})
  target_compile_options(${name} PRIVATE -Xclang -fno-pch-timestamp)
  target_precompile_headers(${name} REUSE_FROM bdc_mlir_pch)
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()

# bdc_test(NAME sources… LINK libs…): a GoogleTest program, one ctest entry.
function(bdc_test name)
  cmake_parse_arguments(ARG "MLIR" "" "LINK" ${ARGN})
  if(NOT BDC_BUILD_TESTS)
    return()
  endif()
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest_main fmt::fmt)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
