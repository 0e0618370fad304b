// Two services that record by AWS's X-Ray SDK for Go: a shop, and the bank that it asks.
//
// TRACE_HEADER is the header that the shop is called with. Prints the status of its answer.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/aws/aws-xray-sdk-go/xray"
)

func main() {
	bank := serve("go-bank", func(http.ResponseWriter, *http.Request) int { return http.StatusPaymentRequired })
	shop := serve("go-shop", func(_ http.ResponseWriter, request *http.Request) int {
		err := xray.Capture(request.Context(), "pay", func(ctx context.Context) error { return pay(ctx, bank.URL) })
		if err != nil {
			return http.StatusBadGateway
		}
		return http.StatusOK
	})

	request, err := http.NewRequest(http.MethodPost, shop.URL+"/orders?customer=jane", nil)
	must(err)
	request.Header.Set("X-Amzn-Trace-Id", os.Getenv("TRACE_HEADER"))
	response, err := http.DefaultClient.Do(request)
	must(err)
	// Waits for the handlers, whose segments leave as they end.
	shop.Close()
	bank.Close()
	fmt.Println(response.StatusCode)
}

func serve(name string, handle func(http.ResponseWriter, *http.Request) int) *httptest.Server {
	handler := func(writer http.ResponseWriter, request *http.Request) { writer.WriteHeader(handle(writer, request)) }
	return httptest.NewServer(xray.Handler(xray.NewFixedSegmentNamer(name), http.HandlerFunc(handler)))
}

func pay(ctx context.Context, bank string) error {
	must(xray.AddAnnotation(ctx, "order_id", 17))
	must(xray.AddMetadata(ctx, "basket", map[string]int{"tea": 2}))
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, bank+"/payments", nil)
	must(err)
	response, err := xray.Client(nil).Do(request)
	must(err)
	must(response.Body.Close())
	return errors.New("declined")
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
