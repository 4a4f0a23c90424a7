package main

import (
	"fmt"
	"reflect"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

// The types that the API server checks policies against, read from Kubernetes' Go types: its own OpenAPI document comes only with a server.
type types struct {
	checker *validating.TypeChecker
}

func newTypes() *types {
	mapper := meta.NewDefaultRESTMapper(nil)
	for gvk := range scheme.Scheme.AllKnownTypes() {
		mapper.Add(gvk, meta.RESTScopeNamespace)
	}
	known := &types{}
	known.checker = &validating.TypeChecker{SchemaResolver: known, RestMapper: mapper}
	return known
}

func (t *types) check(policy *admissionv1.ValidatingAdmissionPolicy) []string {
	var warnings []string
	for _, warning := range t.checker.Check(policy) {
		warnings = append(warnings, fmt.Sprintf("%s: %s", warning.FieldRef, warning.Warning))
	}
	return warnings
}

// ResolveSchema is what the checker asks for the types of a kind.
func (t *types) ResolveSchema(gvk schema.GroupVersionKind) (*spec.Schema, error) {
	object, err := scheme.Scheme.New(gvk)
	if err != nil {
		return nil, err
	}
	return schemaOf(reflect.TypeOf(object), map[reflect.Type]bool{}), nil
}

func typed(name string) *spec.Schema {
	return &spec.Schema{SchemaProps: spec.SchemaProps{Type: spec.StringOrArray{name}}}
}

var (
	timeType     = reflect.TypeOf(metav1.Time{})
	microType    = reflect.TypeOf(metav1.MicroTime{})
	quantityType = reflect.TypeOf(resource.Quantity{})
	intOrString  = reflect.TypeOf(intstr.IntOrString{})
)

func schemaOf(of reflect.Type, above map[reflect.Type]bool) *spec.Schema {
	switch of {
	case timeType, microType:
		s := typed("string")
		s.Format = "date-time"
		return s
	case quantityType:
		return typed("string")
	case intOrString:
		s := &spec.Schema{}
		s.AddExtension("x-kubernetes-int-or-string", true)
		return s
	}
	switch of.Kind() {
	case reflect.Pointer:
		return schemaOf(of.Elem(), above)
	case reflect.Bool:
		return typed("boolean")
	case reflect.String:
		return typed("string")
	case reflect.Int, reflect.Int32, reflect.Int64:
		return typed("integer")
	case reflect.Float32, reflect.Float64:
		return typed("number")
	case reflect.Map:
		s := typed("object")
		s.AdditionalProperties = &spec.SchemaOrBool{Allows: true, Schema: schemaOf(of.Elem(), above)}
		return s
	case reflect.Slice:
		if of.Elem().Kind() == reflect.Uint8 {
			return typed("string")
		}
		s := typed("array")
		s.Items = &spec.SchemaOrArray{Schema: schemaOf(of.Elem(), above)}
		return s
	case reflect.Struct:
		s := typed("object")
		s.Properties = map[string]spec.Schema{}
		// A type that holds itself: what is below it is not checked.
		if above[of] {
			s.AddExtension("x-kubernetes-preserve-unknown-fields", true)
			return s
		}
		above[of] = true
		defer delete(above, of)
		addFields(s, of, above)
		return s
	default:
		s := typed("object")
		s.AddExtension("x-kubernetes-preserve-unknown-fields", true)
		return s
	}
}

func addFields(s *spec.Schema, of reflect.Type, above map[reflect.Type]bool) {
	for i := range of.NumField() {
		field := of.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-" || !field.IsExported():
		case name == "" && field.Anonymous:
			addFields(s, field.Type, above)
		case name != "":
			s.Properties[name] = *schemaOf(field.Type, above)
		}
	}
}
