// Prints src/request/template-hash/generated/types.ts: the Go structs that a PodTemplateSpec is made of, field by field in their order, with the
// names of their types. The hash in the names of ReplicaSets is one over a dump of these structs, so that no published schema can tell it.
// Run by hand when a release is added:
//
//	cd tools/pod-template && go run . > ../../src/request/template-hash/generated/types.ts
package main

import (
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Types whose values are written in a way of their own.
var special = map[string]bool{"resource.Quantity": true, "v1.Time": true, "intstr.IntOrString": true}

var structs = map[string]string{}
var named = map[string]string{}
var origin = map[string]string{}

func visit(t reflect.Type) {
	name := t.String()
	if special[name] {
		return
	}
	if t.Name() != "" {
		if known, ok := origin[name]; ok && known != t.PkgPath() {
			fmt.Fprintf(os.Stderr, "two types are called %s\n", name)
			os.Exit(1)
		}
		origin[name] = t.PkgPath()
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		visit(t.Elem())
	case reflect.Map:
		if t.Name() != "" {
			named[name] = "map[" + t.Key().String() + "]" + t.Elem().String()
		}
		visit(t.Elem())
	case reflect.Struct:
		if _, ok := structs[name]; ok {
			return
		}
		structs[name] = ""
		var fields []string
		for i := 0; i < t.NumField(); i++ {
			field := t.Field(i)
			json, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			visit(field.Type)
			fields = append(fields, field.Name+":"+json+":"+field.Type.String())
		}
		structs[name] = strings.Join(fields, " ")
	default:
		if t.Name() != t.Kind().String() {
			named[name] = t.Kind().String()
		}
	}
}

func write(name string, table map[string]string) {
	keys := make([]string, 0, len(table))
	for key := range table {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	fmt.Printf("export const %s: Readonly<Record<string, string>> = {\n", name)
	for _, key := range keys {
		fmt.Printf("  '%s': '%s',\n", key, table[key])
	}
	fmt.Print("};\n")
}

func main() {
	visit(reflect.TypeFor[corev1.PodTemplateSpec]())
	fmt.Print("// Made by tools/pod-template from k8s.io/api v0.36.3; facts about Go types, not to be edited.\n")
	fmt.Print("// A struct is its fields in order, as NAME:JSON:TYPE; JSON is empty where the fields of the type lie flat in the object.\n")
	write("structs", structs)
	fmt.Print("\n/** What named types are underneath. */\n")
	write("namedTypes", named)
}
